import type { responses } from '@weir/contracts'
import { responses as responsesDialect } from '@weir/dialects'
import type { Ingressed } from '../exchange.js'
import { mintItemId } from './item-id.js'

/**
 * The input of this turn alone, as items with ids, in the Responses wire whatever the caller spoke. Ids are unique in it, since
 * a list is paged by them: an empty one and the second of two get a fresh one. Those of a background turn got theirs when it was queued.
 */
export const inputItems = (exchange: Ingressed): readonly responses.InputItem[] =>
  exchange.job?.input ?? completeItems(wireInput(exchange))

/** Items in their full form, each with an id of its own. */
export function completeItems(items: readonly responses.InputItem[]): responses.InputItem[] {
  const ids = new Set<string>()
  return items.map((item) => {
    const type = item.type ?? 'message'
    const own = 'id' in item && typeof item.id === 'string' && item.id !== '' && !ids.has(item.id) ? item.id : undefined
    const id = own ?? mintItemId(type)
    ids.add(id)
    const complete = type === 'message' ? messageOf(item as responses.InputMessage) : item
    return { ...complete, id } as responses.InputItem
  })
}

function wireInput(exchange: Ingressed): responses.InputItem[] {
  if (!exchange.ingress.stateful) {
    const { items, ...rest } = exchange.asked()
    const { body } = responsesDialect.request.encode({ ...rest, items }, { model: '', quirks: { rawReasoning: true } })
    return Array.isArray(body.input) ? body.input : []
  }
  const { input } = exchange.body as responses.ResponsesRequest
  return typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : (input ?? [])
}

/** The full form of a message: parts instead of a bare string, as GET …/input_items gives it. */
function messageOf(message: responses.InputMessage): responses.InputMessage {
  const { content } = message
  if (typeof content !== 'string') return { ...message, type: 'message' }
  const part: responses.ContentPart =
    message.role === 'assistant' ? { type: 'output_text', text: content, annotations: [] } : { type: 'input_text', text: content }
  return { ...message, type: 'message', content: [part] }
}
