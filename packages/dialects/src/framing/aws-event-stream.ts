// The binary framing `application/vnd.amazon.eventstream`. A message: its length, the length of its headers, a checksum of these two,
// the headers, the payload, a checksum of all before it. Numbers are unsigned and big-endian.
import type { SseFrame } from '../dialect.js'
import type { Reader } from '../reader.js'
import { crc32 } from './crc32.js'
import { FramingError } from './sse.js'

/** Both lengths and their checksum. Bytes. */
const preludeLength = 12
const checksumLength = 4
/** A longer message is a fault or an attack; AWS itself allows 24 MiB of payload. Bytes. */
const longestMessage = 32 * 1024 * 1024

/** The event of a message that is an error by no name of an exception; its data is `{ code, message }`. */
const errorEvent = 'error'

/** Whether a frame of such a stream says that the stream has failed. */
export const isExceptionEvent = (event: string | undefined): event is string =>
  event !== undefined && (event === errorEvent || event.endsWith('Exception'))

/**
 * Bytes to messages, each as the frame of its `:event-type` and payload. An exception is a frame by the name of its
 * `:exception-type`; an error, which AWS sends for what no exception stands for, is one by the name `error`. A message that the
 * stream's end cuts off is not given: what was said before it tells that it is missing. Throws a `FramingError` for what is no such
 * message, which a wrong checksum shows, and for one of more than `longest` bytes.
 */
export function decodeAwsEventStream(longest: number = longestMessage): Reader<Uint8Array, SseFrame> {
  // The pieces of a message whose end has not come: put together once for its prelude and once for all of it.
  let held: Uint8Array[] = []
  let heldLength = 0
  let wanted = preludeLength

  function release(): Uint8Array {
    const whole = joined(held, heldLength)
    held = []
    heldLength = 0
    wanted = preludeLength
    return whole
  }

  function hold(piece: Uint8Array): void {
    held.push(piece)
    heldLength += piece.length
  }

  return {
    push(bytes, emit) {
      let place = 0
      while (place < bytes.length) {
        if (heldLength === 0 && bytes.length - place >= preludeLength) {
          wanted = readPrelude(bytes.subarray(place, place + preludeLength), longest)
          if (bytes.length - place >= wanted) {
            const message = bytes.subarray(place, place + wanted)
            place += wanted
            wanted = preludeLength
            emit(readMessage(message))
            continue
          }
        }
        // A copy: the buffer is the transport's.
        const piece = bytes.slice(place, place + wanted - heldLength)
        place += piece.length
        hold(piece)
        if (heldLength < wanted) return
        const whole = release()
        if (whole.length > preludeLength) {
          emit(readMessage(whole))
          continue
        }
        hold(whole)
        wanted = readPrelude(whole, longest)
      }
    },
    end() {},
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = pieces
  if (first && pieces.length === 1) return first
  const whole = new Uint8Array(length)
  let place = 0
  for (const piece of pieces) {
    whole.set(piece, place)
    place += piece.length
  }
  return whole
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The length of the message that begins so. */
function readPrelude(bytes: Uint8Array, longest: number): number {
  const view = viewOf(bytes)
  const length = view.getUint32(0)
  if (view.getUint32(8) !== crc32(bytes.subarray(0, 8)))
    throw new FramingError('The stream is no event stream of AWS: the checksum of a message does not fit its beginning.')
  if (length > longest) throw new FramingError(`A message of the stream is longer than ${longest} bytes.`)
  if (preludeLength + view.getUint32(4) + checksumLength > length)
    throw new FramingError('A message of the stream is shorter than its headers.')
  return length
}

function readMessage(bytes: Uint8Array): SseFrame {
  const view = viewOf(bytes)
  const end = bytes.length - checksumLength
  if (view.getUint32(end) !== crc32(bytes.subarray(0, end)))
    throw new FramingError('The checksum of a message does not fit: the stream was damaged on its way.')
  const payload = preludeLength + view.getUint32(4)
  const headers = readHeaders(bytes.subarray(preludeLength, payload))
  return frameOf(headers, text.decode(bytes.subarray(payload, end)))
}

const text = new TextDecoder('utf-8')

function frameOf(headers: ReadonlyMap<string, string>, data: string): SseFrame {
  switch (headers.get(':message-type')) {
    case 'exception': {
      const event = headers.get(':exception-type')
      return isExceptionEvent(event) ? { event, data } : errorFrame(event, data)
    }
    case 'error':
      return errorFrame(headers.get(':error-code'), headers.get(':error-message') ?? data)
    default: {
      const event = headers.get(':event-type')
      return event === undefined ? { data } : { event, data }
    }
  }
}

const errorFrame = (code: string | undefined, message: string): SseFrame => ({
  event: errorEvent,
  data: JSON.stringify({ code, message }),
})

/** The bytes of a header's value by its type, where that says it: true, false, 8, 16, 32 and 64 bits, a time, a UUID. */
const fixedLengths: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [1, 0],
  [2, 1],
  [3, 2],
  [4, 4],
  [5, 8],
  [8, 8],
  [9, 16],
])
const byteArrayType = 6
const stringType = 7

/** The headers that are strings; none of another type says anything here. */
function readHeaders(bytes: Uint8Array): Map<string, string> {
  const headers = new Map<string, string>()
  let place = 0

  /** Goes on by so many bytes; gives where they begin. */
  function pass(length: number): number {
    if (place + length > bytes.length) throw new FramingError('A header of a message is longer than all its headers.')
    place += length
    return place - length
  }
  function number(length: 1 | 2): number {
    const from = pass(length)
    const first = bytes[from] ?? 0
    return length === 1 ? first : first * 256 + (bytes[from + 1] ?? 0)
  }
  /** A decoder costs more than the few letters of a name, of which each message has six. */
  function textAt(length: number): string {
    const from = pass(length)
    let letters = ''
    for (let at = from; at < place; at++) {
      const byte = bytes[at] ?? 0
      if (byte > 127) return text.decode(bytes.subarray(from, place))
      letters += String.fromCharCode(byte)
    }
    return letters
  }

  while (place < bytes.length) {
    const name = textAt(number(1))
    const type = number(1)
    const fixed = fixedLengths.get(type)
    if (fixed === undefined && type !== stringType && type !== byteArrayType)
      throw new FramingError('A header of a message is of a type that does not exist.')
    if (type === stringType) headers.set(name, textAt(number(2)))
    else pass(fixed ?? number(2))
  }
  return headers
}

/** A frame as a message, by its name: an event, an exception, or an error. What `decodeAwsEventStream` gives comes back as it was. */
export function encodeAwsEventStream(frame: SseFrame): Uint8Array {
  const { headers, data } = messageOf(frame)
  const head = headers.flatMap(([name, value]) => [sized(name, 1), Uint8Array.of(stringType), sized(value, 2)])
  const payload = utf8.encode(data)
  const headLength = head.reduce((sum, piece) => sum + piece.length, 0)
  const length = preludeLength + headLength + payload.length + checksumLength

  const bytes = new Uint8Array(length)
  const view = viewOf(bytes)
  view.setUint32(0, length)
  view.setUint32(4, headLength)
  view.setUint32(8, crc32(bytes.subarray(0, 8)))
  bytes.set(joined(head, headLength), preludeLength)
  bytes.set(payload, preludeLength + headLength)
  view.setUint32(length - checksumLength, crc32(bytes.subarray(0, length - checksumLength)))
  return bytes
}

const utf8 = new TextEncoder()

/** A text behind its length, which is told in so many bytes. */
function sized(value: string, bytes: 1 | 2): Uint8Array {
  const encoded = utf8.encode(value)
  const length = bytes === 1 ? [encoded.length] : [encoded.length >>> 8, encoded.length & 0xff]
  return Uint8Array.of(...length, ...encoded)
}

type Headers = readonly (readonly [name: string, value: string])[]

function messageOf({ event, data }: SseFrame): { headers: Headers; data: string } {
  if (event === errorEvent) {
    const { code, message } = JSON.parse(data) as { code?: string; message: string }
    const named: Headers = code === undefined ? [] : [[':error-code', code]]
    return { headers: [...named, [':error-message', message], [':message-type', 'error']], data: '' }
  }
  const content = [':content-type', 'application/json'] as const
  if (isExceptionEvent(event)) return { headers: [[':exception-type', event], content, [':message-type', 'exception']], data }
  const named: Headers = event === undefined ? [] : [[':event-type', event]]
  return { headers: [...named, content, [':message-type', 'event']], data }
}
