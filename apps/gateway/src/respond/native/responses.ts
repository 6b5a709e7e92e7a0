import { tag } from '../../translate/replay-token.js'
import type { NativeFacts, NativeWire } from './native-wire.js'

/** Responses: the response object becomes Weir's, and reasoning shows its token to whoever asked for it. */
export function responsesWire({ answering, issuer, reveals }: NativeFacts): NativeWire {
  const hidden: Record<string, string> = {}

  function item(given: object): object {
    const wire = withoutNulls(given)
    if (!('encrypted_content' in wire)) return wire
    const { encrypted_content: payload, ...rest } = wire as { encrypted_content: unknown; id?: unknown; type?: unknown }
    if (typeof payload !== 'string' || rest.type !== 'reasoning') return wire
    const id = typeof rest.id === 'string' ? rest.id : ''
    const token = tag(issuer, id, payload)
    if (reveals) return { ...wire, encrypted_content: token }
    hidden[id] = token
    return rest
  }

  function response(wire: object): object {
    const { output, text } = wire as { output?: unknown; text?: unknown }
    const { asked } = answering
    return {
      ...wire,
      id: answering.id,
      object: 'response',
      created_at: answering.createdAt,
      previous_response_id: asked.state.previousResponseId ?? null,
      ...conversationOf(wire, asked.state.conversation),
      ...(isObject(text) && { text: withoutNulls(text) }),
      store: answering.stored,
      // The upstream was not told of these.
      ...(asked.state.background && { background: true }),
      ...(asked.truncation && { truncation: asked.truncation }),
      metadata: asked.state.metadata ?? {},
      // A client goes through it, so that none may be null.
      output: Array.isArray(output) ? output.map((each: unknown) => (isObject(each) ? item(each) : each)) : [],
      provider: answering.provider,
    }
  }

  return {
    hidden,
    whole: response,
    frame(frame) {
      const { data } = frame
      // Deltas, the many, carry neither; within a text the quotes would be escaped. Some servers write a space before the colon.
      if (!data.includes('"response"') && !data.includes('"item"')) return frame
      const wire = JSON.parse(data) as { response?: unknown; item?: unknown }
      if (isObject(wire.response)) return { ...frame, data: JSON.stringify({ ...wire, response: response(wire.response) }) }
      if (!isObject(wire.item)) return frame
      const seen = item(wire.item)
      return seen === wire.item ? frame : { ...frame, data: JSON.stringify({ ...wire, item: seen }) }
    },
  }
}

/** The conversation by Weir's id; what an upstream says of one is its own business. */
const conversationOf = (wire: object, id: string | undefined): object =>
  id !== undefined ? { conversation: { id } } : 'conversation' in wire ? { conversation: null } : {}

/** Fields that a client of Open Responses takes to be text where they are there at all. */
const neverNull = ['encrypted_content', 'phase', 'verbosity'] as const

function withoutNulls(wire: object): object {
  const fields = wire as { readonly [field: string]: unknown }
  if (neverNull.every((field) => fields[field] !== null)) return wire
  return Object.fromEntries(
    Object.entries(fields).filter(([field, value]) => value !== null || !neverNull.some((each) => each === field)),
  )
}

const isObject = (value: unknown): value is object => value !== null && typeof value === 'object'
