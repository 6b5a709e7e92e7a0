// A native answer of which a call must not reach the caller: its frames pass as they are up to there, and are counted anew after.
import { responses, type Answering, type SseFrame } from '@weir/dialects'
import type { Enforcing } from './enforce.js'
import { continued } from './native-wire.js'

interface Wire {
  readonly sequence_number?: number
  readonly output_index?: number
  readonly item_id?: string
  readonly item?: { readonly id?: string }
}

/** The frames of a native stream without what was withheld. */
export interface Withholding {
  /** To be asked after the events that the frame meant. */
  frame(frame: SseFrame): SseFrame | undefined
  /** The last frame, and before it those of the refusal that stands in for an answer of which nothing is left. */
  terminal(frame: SseFrame): { readonly before: readonly SseFrame[]; readonly frame: SseFrame }
}

export function withholding({ withheld, refusal }: Enforcing, answering: Answering): Withholding {
  const places: number[] = []
  const ids = new Set<string>()
  let judged = 0
  let dropped = 0
  let passed: SseFrame | undefined

  /** The frame with its numbers moved up over what was taken out. */
  function moved(frame: SseFrame, wire: Wire): SseFrame {
    const { sequence_number: number, output_index: place } = wire
    const fields = {
      ...wire,
      ...(number !== undefined && { sequence_number: number - dropped }),
      ...(place !== undefined && { output_index: place - places.filter((each) => each < place).length }),
    }
    return { ...frame, data: JSON.stringify(fields) }
  }

  return {
    frame(frame) {
      if (withheld.size === 0) return (passed = frame)
      const wire = JSON.parse(frame.data) as Wire
      const id = wire.item_id ?? wire.item?.id
      if (withheld.size > judged) {
        judged = withheld.size
        if (wire.output_index !== undefined) places.push(wire.output_index)
        if (id !== undefined) ids.add(id)
      }
      if ((wire.output_index !== undefined && places.includes(wire.output_index)) || (id !== undefined && ids.has(id))) {
        dropped++
        return undefined
      }
      return (passed = moved(frame, wire))
    },
    terminal(frame) {
      if (withheld.size === 0) return { before: [], frame }
      const wire = JSON.parse(frame.data) as Wire & { response?: object }
      const response = wire.response && withoutWithheld(wire.response, { withheld, refusal }, answering)
      const said = refusal()
      const before = said && continued(refusalFrames(said, placeOf(response), answering), passed, undefined)
      // The frames of the refusal take numbers too.
      dropped -= before?.length ?? 0
      return { before: before ?? [], frame: moved(frame, { ...wire, ...(response && { response }) }) }
    },
  }
}

interface WireCall {
  readonly call_id?: unknown
  readonly id?: unknown
}

/** What tells a call from another: some servers give several the same `call_id`. */
const keyOf = (callId: unknown, id: unknown): string => JSON.stringify([callId, id ?? null])

/** A response object without the calls that were withheld, and with what stands in for them. */
export function withoutWithheld(
  wire: object,
  { withheld, refusal }: Pick<Enforcing, 'withheld' | 'refusal'>,
  answering: Answering,
): object {
  if (withheld.size === 0 || !('output' in wire) || !Array.isArray(wire.output)) return wire
  const calls = new Set([...withheld.values()].map(({ callId, id }) => keyOf(callId, id)))
  const output = wire.output.filter((item: WireCall | null) => !item || !calls.has(keyOf(item.call_id, item.id)))
  const said = refusal()
  if (!said) return { ...wire, output }
  const answer = responses.response.encode({ items: [said], outcome: { status: 'completed' } }, answering)
  return { ...wire, output: [...output, ...answer.output] }
}

/** Where the refusal stands: it is the last item. */
const placeOf = (response: object | undefined): number =>
  response && 'output' in response && Array.isArray(response.output) ? response.output.length - 1 : 0

function refusalFrames(said: NonNullable<ReturnType<Enforcing['refusal']>>, place: number, answering: Answering): SseFrame[] {
  const frames: SseFrame[] = []
  const encoder = responses.stream.encode(answering)
  encoder.push({ type: 'turn-start' }, () => {})
  encoder.push({ type: 'item-start', item: 0, start: { ...said, content: [] } }, (frame) => frames.push(frame))
  encoder.push({ type: 'item-end', item: 0, end: said }, (frame) => frames.push(frame))
  return frames.map((frame) => ({
    ...frame,
    data: JSON.stringify({ ...(JSON.parse(frame.data) as object), output_index: place }),
  }))
}
