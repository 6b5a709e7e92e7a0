import type { IngressName } from '../plain.js'
import type { Caller } from './caller.js'
import { chatCaller } from './chat-completions.js'
import { generateContentCaller } from './generate-content.js'
import { messagesCaller } from './messages.js'
import { responsesCaller } from './responses.js'

/** A caller of each dialect that callers may speak. */
export const callers: Readonly<Record<IngressName, Caller>> = {
  responses: responsesCaller,
  'chat-completions': chatCaller,
  messages: messagesCaller,
  'generate-content': generateContentCaller,
}
