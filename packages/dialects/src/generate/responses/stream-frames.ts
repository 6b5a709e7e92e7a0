import type { SseFrame } from '../../dialect.js'

/** Makes the frames of one stream and numbers them: from 0 on, without gaps. */
export interface FrameWriter {
  event(type: string, fields: object): SseFrame
  /** As `event`, for fields that are JSON already. */
  raw(type: string, fields: string): SseFrame
  /**
   * A frame of a delta, put together by hand: it is made for every token, and a spread and a walk over an object would be most of
   * its cost. `place` and `tail` are JSON that stays the same for the whole part, commas included.
   */
  delta(type: string, place: string, text: string, tail: string): SseFrame
  /** A frame newer than the code, as it came but for its number. */
  foreign(wire: object): SseFrame
}

export function frameWriter(): FrameWriter {
  let sequence = 0
  const raw = (type: string, fields: string): SseFrame => ({
    event: type,
    data: `{"type":"${type}","sequence_number":${sequence++},${fields}}`,
  })
  return {
    raw,
    event: (type, fields) => ({ event: type, data: JSON.stringify({ type, sequence_number: sequence++, ...fields }) }),
    delta: (type, place, text, tail) => raw(type, `${place},"delta":${JSON.stringify(text)}${tail}`),
    foreign(wire) {
      const data = JSON.stringify({ ...wire, sequence_number: sequence++ })
      const type: unknown = 'type' in wire ? wire.type : undefined
      return typeof type === 'string' ? { event: type, data } : { data }
    },
  }
}
