// The few places of a native answer that carry Weir's truth instead of the upstream's.
import type { responses } from '@weir/contracts'
import type { Answering, SseFrame } from '@weir/dialects'
import { tag, type Issuer } from '../translate/replay-token.js'

/** Rewrites what must not leave as the upstream wrote it; everything else stays verbatim. One serves one answer. */
export interface NativeWire {
  /** The frame as the caller gets it; `undefined` for one that only Weir asked for. */
  frame(frame: SseFrame): SseFrame | undefined
  /** A whole answer. */
  whole(wire: object): object
  /** Replay tokens that the caller did not ask for, tagged, by item id. */
  readonly hidden: Readonly<Record<string, string>>
}

export interface NativeFacts {
  readonly answering: Answering
  readonly issuer: Issuer
  /** Whether the caller asked for replay tokens. */
  readonly reveals: boolean
}

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
      created_at: answering.createdAt,
      previous_response_id: asked.state.previousResponseId ?? null,
      ...conversationOf(wire, asked.state.conversation),
      ...(isObject(text) && { text: withoutNulls(text) }),
      store: answering.stored,
      // The upstream was not told of it.
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

/** Usage that is more than `null`; within a text its quotes would be escaped. */
const usageObject = /"usage"\s*:\s*\{/

/** Chat's chunks pass as they are, but for the usage that only Weir asked for. */
export function chatWire({ answering }: NativeFacts): NativeWire {
  const asksForUsage = answering.asked.streamOptions?.includeUsage === true
  return {
    hidden: {},
    whole: (wire) => ({ ...wire, provider: answering.provider }),
    frame(frame) {
      if (asksForUsage || !usageObject.test(frame.data)) return frame
      const chunk = JSON.parse(frame.data) as { choices?: unknown[] | null }
      return chunk.choices && chunk.choices.length > 0 ? frame : undefined
    },
  }
}

/** Numbers the events of a server that does not do so itself: strict clients read none without a number. One serves one answer. */
export function numbering(): (frame: SseFrame) => SseFrame {
  let next = 0
  return (frame) => {
    const number = next++
    // Within a text the quotes would be escaped.
    if (frame.data.includes('"sequence_number"')) return frame
    try {
      return { ...frame, data: JSON.stringify({ ...(JSON.parse(frame.data) as object), sequence_number: number }) }
    } catch {
      // What cannot be read passes as it is.
      return frame
    }
  }
}

/**
 * The terminal frame of a native answer. Some servers leave out of it what they streamed: these items stand in for that.
 * `undefined` for one that holds no response at all.
 */
export function complete(frame: SseFrame, streamed: () => readonly responses.OutputItem[]): SseFrame | undefined {
  const wire = JSON.parse(frame.data) as { response?: { output?: unknown[] | null } | null }
  if (!isObject(wire.response)) return undefined
  if (wire.response.output && wire.response.output.length > 0) return frame
  return { ...frame, data: JSON.stringify({ ...wire, response: { ...wire.response, output: streamed() } }) }
}

/**
 * The frames of an ending that the upstream did not send: the dialect's own, numbered on from the last one that was passed, and
 * with the response as it really stands.
 */
export function continued(
  frames: readonly SseFrame[],
  last: SseFrame | undefined,
  response: responses.ResponseObject | undefined,
): SseFrame[] {
  let number = last ? (JSON.parse(last.data) as Numbered).sequence_number : undefined
  return frames.map((frame) => {
    if (frame.data === '[DONE]') return frame
    const wire = JSON.parse(frame.data) as Numbered & { response?: object }
    if (wire.sequence_number !== undefined && number !== undefined) wire.sequence_number = ++number
    if (wire.response && response) wire.response = response
    return { ...frame, data: JSON.stringify(wire) }
  })
}

interface Numbered {
  sequence_number?: number
}
