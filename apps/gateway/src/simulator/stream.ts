import type { Event, Reader, SseFrame } from '@weir/dialects'
import type { Passage } from './byte-stream.js'
import type { FaultKind, Mishap } from './faults.js'
import type { Wait } from './step.js'

type Unspoken = Wait | Mishap

/** The frames of an answer, in the dialect of this encoder; what is not an event passes in its place. */
export function* framesOf(
  utterances: Iterable<Event | Unspoken>,
  encoder: Reader<Event, SseFrame>,
): Generator<SseFrame | Unspoken> {
  let frames: SseFrame[] = []
  const emit = (frame: SseFrame): void => void frames.push(frame)
  for (const utterance of utterances) {
    switch (utterance.type) {
      case 'wait':
      case 'stall':
      case 'cut':
      case 'garbage':
        yield utterance
        break
      default:
        frames = []
        encoder.push(utterance, emit)
        yield* frames
    }
  }
  frames = []
  encoder.end(emit)
  yield* frames
}

/** The same as it goes over the wire, with the faults that are of the framing. */
export function* passagesOf(
  frames: Iterable<SseFrame | Unspoken>,
  write: (frame: SseFrame) => string | Uint8Array,
  fault?: FaultKind,
): Generator<Passage> {
  for (const frame of frames) {
    if ('type' in frame && frame.type !== 'garbage') {
      yield frame
      continue
    }
    const written = write(frame)
    if (fault === 'no-done' && frame.data === '[DONE]') continue
    yield fault === 'crlf' && typeof written === 'string' ? written.replaceAll('\n', '\r\n') : written
  }
}
