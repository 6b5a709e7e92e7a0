// What /conversations takes and answers; its items are judged as those of POST /responses.
import * as z from 'zod'
import { anything, integer, list, metadata, named, nullable, nullish, object, oneOf, text, wireSchema } from '../rule.js'
import type { Conversation, DeletedConversation, NewConversation } from './conversation-wire.js'
import { item } from './items.js'
import type { InputItem } from './wire.js'

/** Items that are added at once. */
const mostItems = 20
const any = list(item)
const items: typeof any = {
  ...any,
  check: (value) =>
    Array.isArray(value) && value.length > mostItems
      ? { path: [], message: `Expected at most ${mostItems} items at once, but got ${value.length}.`, missing: false }
      : any.check(value),
  json: { ...any.json, maxItems: mostItems },
}

const newConversation = named('NewConversation', object({ items: nullish(items), metadata: nullish(metadata) }))

const conversation = named('Conversation', object({ id: text, object: oneOf('conversation'), created_at: integer(), metadata }))
const deleted = named('DeletedConversation', object({ id: text, object: oneOf('conversation.deleted'), deleted: anything }))

/** The body of POST /conversations. */
export const newConversationSchema = wireSchema<NewConversation>(newConversation)
// Beside a path, a body says by itself which names it takes.
/** The body of POST /conversations/{id}: the labels that stand from now on, none for null. */
export const conversationChangesSchema = z.object({ metadata: wireSchema<Record<string, string> | null>(nullable(metadata)) })
/** The body of POST /conversations/{id}/items. */
export const newConversationItemsSchema = z.object({ items: wireSchema<InputItem[]>(items) })
export const conversationSchema = wireSchema<Conversation>(conversation)
export const deletedConversationSchema = wireSchema<DeletedConversation>(deleted)
export const conversationItemSchema = wireSchema<InputItem>(item)

/** The named schemas of these wires, for OpenAPI. */
export const conversationComponents = {
  ...newConversation.components,
  ...conversation.components,
  ...deleted.components,
}
