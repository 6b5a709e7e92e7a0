import * as z from 'zod'
import { defineEndpoint } from '../endpoint.js'
import {
  conversationChangesSchema,
  conversationItemSchema,
  conversationSchema,
  deletedConversationSchema,
  newConversationItemsSchema,
  newConversationSchema,
} from '../inference/responses/conversation-schema.js'
import { inputItemListSchema } from '../inference/responses/schema.js'
import { includeShape } from '../resources/include.js'
import { orderedPageShape } from '../resources/list.js'

const params = z.object({ id: z.string().min(1) })
const itemParams = z.object({ id: z.string().min(1), item_id: z.string().min(1) })

const bodyErrors = [
  'malformed_json',
  'invalid_value',
  'missing_required_parameter',
  'payload_too_large',
  'unsupported_media_type',
] as const
const onceErrors = ['idempotency_conflict', 'idempotency_key_in_use'] as const
const errors = ['invalid_api_key', 'not_found', 'unavailable'] as const

export const conversations = {
  create: defineEndpoint({
    method: 'POST',
    path: '/conversations',
    mount: 'inference',
    access: 'caller',
    summary: 'Begin a conversation, with up to 20 items in it',
    body: newConversationSchema,
    output: conversationSchema,
    errors: [...bodyErrors, ...onceErrors, ...errors],
    idempotent: true,
  }),
  get: defineEndpoint({
    method: 'GET',
    path: '/conversations/{id}',
    mount: 'inference',
    access: 'caller',
    summary: 'A conversation, without its items',
    params,
    output: conversationSchema,
    errors,
  }),
  update: defineEndpoint({
    method: 'POST',
    path: '/conversations/{id}',
    mount: 'inference',
    access: 'caller',
    summary: 'Replace the metadata of a conversation',
    params,
    body: conversationChangesSchema,
    output: conversationSchema,
    errors: [...bodyErrors, ...errors],
  }),
  delete: defineEndpoint({
    method: 'DELETE',
    path: '/conversations/{id}',
    mount: 'inference',
    access: 'caller',
    summary: 'Delete a conversation and its items; the responses that were part of it stay',
    params,
    output: deletedConversationSchema,
    errors,
  }),
  createItems: defineEndpoint({
    method: 'POST',
    path: '/conversations/{id}/items',
    mount: 'inference',
    access: 'caller',
    summary: 'Add up to 20 items to the end of a conversation',
    params,
    query: z.object(includeShape),
    body: newConversationItemsSchema,
    output: inputItemListSchema,
    errors: [...bodyErrors, ...onceErrors, ...errors],
    idempotent: true,
  }),
  items: defineEndpoint({
    method: 'GET',
    path: '/conversations/{id}/items',
    mount: 'inference',
    access: 'caller',
    summary: 'The items of a conversation, newest first',
    params,
    query: z.object({ ...orderedPageShape, ...includeShape }),
    output: inputItemListSchema,
    errors: ['invalid_value', ...errors],
  }),
  item: defineEndpoint({
    method: 'GET',
    path: '/conversations/{id}/items/{item_id}',
    mount: 'inference',
    access: 'caller',
    summary: 'One item of a conversation',
    params: itemParams,
    query: z.object(includeShape),
    output: conversationItemSchema,
    errors: ['invalid_value', ...errors],
  }),
  deleteItem: defineEndpoint({
    method: 'DELETE',
    path: '/conversations/{id}/items/{item_id}',
    mount: 'inference',
    access: 'caller',
    summary: 'Take an item out of a conversation',
    params: itemParams,
    output: conversationSchema,
    errors,
  }),
}
