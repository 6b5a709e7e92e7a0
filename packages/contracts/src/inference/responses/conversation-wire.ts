// The wires of /conversations.
import type { InputItem } from './wire.js'

/** The body of POST /conversations. */
export interface NewConversation {
  /** At most 20; more can be added afterwards. */
  items?: InputItem[] | null
  metadata?: Record<string, string> | null
}

export interface Conversation {
  id: string
  object: 'conversation'
  /** Seconds since 1970. */
  created_at: number
  metadata: Record<string, string>
}

export interface DeletedConversation {
  id: string
  object: 'conversation.deleted'
  deleted: true
}
