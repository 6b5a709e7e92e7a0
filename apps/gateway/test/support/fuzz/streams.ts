// Streams with edits: of what their frames say, of the order of the frames, and of the bytes on the wire.
import fc from 'fast-check'
import { encodeAwsEventStream, encodeSse, type SseFrame } from '@weir/dialects'
import type { SpokenName } from '../dialects/plain.js'
import { edited, wireText, type Edit } from './edits.js'

/** What happens to frames: one goes, comes twice, changes places with another, or is the last. */
export interface Move {
  readonly kind: 'drop' | 'double' | 'swap' | 'cut'
  readonly at: number
  readonly to: number
}

export const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.record({ kind: fc.constantFrom('drop', 'double', 'swap', 'cut'), at: fc.nat(999), to: fc.nat(999) }),
  { maxLength: 2 },
)

/** What happens to bytes: some go, come twice, or become others. Places are shares of the whole in 100,000. */
export interface Damage {
  readonly kind: 'flip' | 'lose' | 'repeat' | 'insert'
  readonly at: number
  readonly length: number
  readonly byte: number
}

export const damages: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('flip', 'lose', 'repeat', 'insert'),
    at: fc.nat(99_999),
    length: fc.integer({ min: 1, max: 40 }),
    byte: fc.oneof(fc.constantFrom(0, 10, 13, 34, 44, 58, 92, 123, 125, 0xc3, 0xff), fc.nat(255)),
  }),
  { minLength: 1, maxLength: 3 },
)

const read = (frame: SseFrame): unknown => {
  try {
    return JSON.parse(frame.data)
  } catch {
    return undefined
  }
}

/** The frames with edits of what they say; the edits see all of them as one list, and take from `others` what they graft. */
export function editedFrames(
  frames: readonly SseFrame[],
  edits: readonly Edit[],
  others: readonly (readonly SseFrame[])[],
): SseFrame[] {
  const said = frames.map(read)
  const values = edited(
    said.filter((value) => value !== undefined),
    edits,
    others.map((stream) => stream.map(read)),
  )
  const left = Array.isArray(values) ? (values as unknown[]) : [values]
  let next = 0
  return frames.flatMap((frame, place) => {
    if (said[place] === undefined) return [frame]
    if (next >= left.length) return []
    return [{ ...frame, data: wireText(left[next++]) }]
  })
}

export function moved(frames: readonly SseFrame[], list: readonly Move[]): SseFrame[] {
  const made = [...frames]
  for (const { kind, at, to } of list) {
    const [from, other] = [at % made.length, to % made.length]
    const [frame, second] = [made[from], made[other]]
    if (!frame || !second) break
    if (kind === 'drop') made.splice(from, 1)
    else if (kind === 'double') made.splice(other, 0, frame)
    else if (kind === 'cut') made.length = from
    else [made[from], made[other]] = [second, frame]
  }
  return made
}

export function damaged(bytes: Uint8Array, list: readonly Damage[]): Uint8Array {
  let made = Buffer.from(bytes)
  for (const { kind, at, length, byte } of list) {
    const place = Math.floor((at * made.length) / 100_000)
    const [before, hit, after] = [made.subarray(0, place), made.subarray(place, place + length), made.subarray(place + length)]
    if (kind === 'lose') made = Buffer.concat([before, after])
    else if (kind === 'repeat') made = Buffer.concat([before, hit, hit, after])
    else if (kind === 'insert') made = Buffer.concat([before, Buffer.alloc(length, byte), hit, after])
    else if (made.length > 0) made[place] = byte
  }
  return made
}

/** A stream as its provider sends it. */
export function bytesOf(spoken: SpokenName, frames: readonly SseFrame[]): Uint8Array {
  return Buffer.concat(frames.map((frame) => (spoken === 'converse' ? awsMessage(frame) : Buffer.from(encodeSse(frame)))))
}

/** An error of such a stream says a code and a message, and nothing can be told in its form of one that has neither. */
function awsMessage(frame: SseFrame): Uint8Array {
  const said = read(frame)
  const isError =
    frame.event === 'error' &&
    !(typeof said === 'object' && said !== null && 'message' in said && typeof said.message === 'string')
  return encodeAwsEventStream(isError ? { event: 'of_tomorrow', data: frame.data } : frame)
}
