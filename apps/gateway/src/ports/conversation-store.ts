import type { Owner } from './owner.js'
import type { Sweeping } from './sweeping.js'

export interface StoredConversation {
  /** Nobody's yet: it is minted. */
  readonly id: string
  readonly owner: Owner
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly metadata: Readonly<Record<string, string>>
}

/** One item of a conversation. */
export interface ConversationItem {
  /** Unique in its conversation. */
  readonly id: string
  /** The item in the Responses wire, as JSON, replay tokens tagged. Its own `id` field does not count. */
  readonly item: string
}

/** An item to be added. */
export interface NewItem extends ConversationItem {
  /** The id that it gets where its own is taken in that conversation. */
  readonly spare: string
}

/** What a conversation gains. */
export interface Appended {
  readonly conversation: string
  readonly items: readonly NewItem[]
}

export interface PageQuery {
  readonly limit: number
  readonly order: 'asc' | 'desc'
  /** The id of the last item seen. */
  readonly after?: string
}

/** A conversation as a turn finds it. */
export interface ConversationHistory {
  /** Oldest first. */
  readonly items: readonly ConversationItem[]
  /** The place of the last one; 0 for none. Places only grow. */
  readonly place: number
}

/**
 * A conversation is used when it is made, read as a history or added to. Everything here resolves when it is committed.
 * What is unknown, deleted or another owner's is `undefined` or `false`.
 */
export interface ConversationStore extends Sweeping {
  create(conversation: StoredConversation, items: readonly NewItem[]): Promise<void>
  get(owner: Owner, id: string): Promise<StoredConversation | undefined>
  update(owner: Owner, id: string, metadata: Readonly<Record<string, string>>): Promise<boolean>
  /** With its items. Whether there was one to delete. */
  delete(owner: Owner, id: string): Promise<boolean>
  /** Adds the items at the end, next to one another whoever else adds some; gives them with the ids that they got. */
  append(owner: Owner, id: string, items: readonly NewItem[]): Promise<readonly ConversationItem[] | undefined>
  /** `undefined` also where `after` is none of its items. */
  page(owner: Owner, id: string, query: PageQuery): Promise<readonly ConversationItem[] | undefined>
  item(owner: Owner, id: string, itemId: string): Promise<ConversationItem | undefined>
  deleteItem(owner: Owner, id: string, itemId: string): Promise<boolean>
  /** The items, up to a place where one is given; marks the conversation as used. */
  history(owner: Owner, id: string, place?: number): Promise<ConversationHistory | undefined>
  /** These items, by id, of whichever conversations of this owner hold them: the newest of each. Unknown ids are absent. */
  holding(owner: Owner, itemIds: readonly string[]): Promise<ReadonlyMap<string, ConversationItem>>
}
