import {
  GatewayError,
  mintId,
  type Contract,
  type Handlers,
  type Includable,
  type responses,
  type conversations as wire,
} from '@weir/contracts'
import type { ConversationItem, NewItem, StoredConversation } from '../ports/conversation-store.js'
import { dereferenced } from '../recall/references.js'
import { newItems } from '../remember/conversation-items.js'
import { completeItems } from '../remember/input-items.js'
import { readConversationItem } from '../remember/stored-form.js'
import type { HandlerContext } from './context.js'
import { shown } from './shown.js'

export const conversations: Handlers<Contract, HandlerContext>['conversations'] = {
  async create({ items, metadata }, context) {
    const { ports, caller } = context
    const owner = { tenant: caller.tenant, subject: caller.subject }
    const made = { id: mintId('conversation'), owner, createdAt: ports.clock.now(), metadata: metadata ?? {} }
    await ports.conversations.create(made, await added(items ?? [], context))
    return conversationOf(made)
  },

  async get({ id }, context) {
    return conversationOf(await found(id, context))
  },

  async update({ id, metadata }, context) {
    if (!(await context.ports.conversations.update(context.caller, id, metadata ?? {}))) throw unknown(id)
    return conversationOf(await found(id, context))
  },

  async delete({ id }, { ports, caller }) {
    if (!(await ports.conversations.delete(caller, id))) throw unknown(id)
    return { id, object: 'conversation.deleted', deleted: true }
  },

  async createItems({ id, items, include = [] }, context) {
    await found(id, context)
    const stored = await context.ports.conversations.append(context.caller, id, await added(items, context))
    if (!stored) throw unknown(id)
    return listOf(stored, include, false)
  },

  async items({ id, limit, order, after, include = [] }, context) {
    await found(id, context)
    const query = { limit: limit + 1, order, ...(after !== undefined && { after }) }
    const page = await context.ports.conversations.page(context.caller, id, query)
    if (!page)
      throw new GatewayError('invalid_value', {
        message: `after: There is no item "${(after ?? '').slice(0, 100)}" in this conversation.`,
        param: 'after',
      })
    return listOf(page.slice(0, limit), include, page.length > limit)
  },

  async item({ id, item_id: itemId, include = [] }, context) {
    await found(id, context)
    const item = await context.ports.conversations.item(context.caller, id, itemId)
    if (!item) throw unknownItem(itemId)
    return shownItem(item, include)
  },

  async deleteItem({ id, item_id: itemId }, context) {
    const conversation = await found(id, context)
    if (!(await context.ports.conversations.deleteItem(context.caller, id, itemId))) throw unknownItem(itemId)
    return conversationOf(conversation)
  },
}

async function found(id: string, { ports, caller }: HandlerContext): Promise<StoredConversation> {
  const conversation = await ports.conversations.get(caller, id)
  if (conversation) return conversation
  throw unknown(id)
}

const unknown = (id: string): GatewayError =>
  new GatewayError('not_found', { message: `There is no conversation "${id.slice(0, 100)}".`, param: 'id' })

const unknownItem = (id: string): GatewayError =>
  new GatewayError('not_found', { message: `There is no item "${id.slice(0, 100)}" in this conversation.`, param: 'item_id' })

/** Items as they are added: in their full form, with what they refer to in its place. */
async function added(items: readonly responses.InputItem[], { caller, ports }: HandlerContext): Promise<NewItem[]> {
  const whole = await dereferenced(items, [], caller, ports, 'items')
  return newItems(completeItems(whole.filter((item) => item !== undefined)))
}

const conversationOf = ({ id, createdAt, metadata }: StoredConversation): wire.Conversation => ({
  id,
  object: 'conversation',
  created_at: Math.floor(createdAt / 1000),
  metadata: { ...metadata },
})

function listOf(items: readonly ConversationItem[], include: readonly Includable[], more: boolean): responses.InputItemList {
  return {
    object: 'list',
    data: items.map((item) => shownItem(item, include)),
    first_id: items[0]?.id ?? null,
    last_id: items.at(-1)?.id ?? null,
    has_more: more,
  }
}

/** Kinds that always have a status here, though a caller need not send one. */
const finished = new Set(['message', 'function_call', 'function_call_output'])

function shownItem(stored: ConversationItem, include: readonly Includable[]): responses.InputItem {
  const item = shown(readConversationItem(stored), include)
  // A status is a field of these kinds.
  return finished.has(item.type ?? 'message') ? ({ status: 'completed', ...item } as responses.InputItem) : item
}
