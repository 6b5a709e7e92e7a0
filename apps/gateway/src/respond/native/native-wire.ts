// The few places of a native answer that carry Weir's truth instead of the upstream's.
import type { responses } from '@weir/contracts'
import type { Answering, SseFrame } from '@weir/dialects'
import type { Issuer } from '../../translate/replay-token.js'

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

/** The terminal frame of a native answer in Responses. Some servers leave out of it what they streamed, which stands in for that. */
export function complete(frame: SseFrame, streamed: () => responses.ResponseObject): SseFrame {
  const wire = JSON.parse(frame.data) as { response?: { output?: unknown[] | null } | null }
  if (wire.response === null || typeof wire.response !== 'object')
    return { ...frame, data: JSON.stringify({ ...wire, response: streamed() }) }
  if (wire.response.output && wire.response.output.length > 0) return frame
  return { ...frame, data: JSON.stringify({ ...wire, response: { ...wire.response, output: streamed().output } }) }
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
