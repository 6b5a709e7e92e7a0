import type { SseFrame } from '../dialect.js'
import type { Reader } from '../reader.js'

/** A frame longer than this is not a model's answer but a fault or an attack. Characters. */
const longestFrame = 64 * 1024 * 1024

/** Thrown for a stream that cannot be framed: a line without an end. */
export class FramingError extends Error {}

/**
 * Bytes to server-sent events, by the HTML standard: LF, CRLF or CR, with or without a space after the colon, several `data`
 * lines joined, comments left out. A character cut in two between chunks is put together. An event that the stream's end
 * cuts off before its blank line is given all the same, since some servers leave the last blank line out.
 */
export function decodeSse(): Reader<Uint8Array, SseFrame> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  let event: string | undefined
  let data: string | undefined

  function line(text: string, emit: (frame: SseFrame) => void): void {
    if (text === '') return dispatch(emit)
    const colon = text.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? text : text.slice(0, colon)
    let value = colon < 0 ? '' : text.slice(colon + 1)
    if (value.charCodeAt(0) === 32) value = value.slice(1)
    if (field === 'data') data = data === undefined ? value : `${data}\n${value}`
    else if (field === 'event') event = value
  }

  function dispatch(emit: (frame: SseFrame) => void): void {
    if (data !== undefined) emit(event === undefined ? { data } : { event, data })
    event = undefined
    data = undefined
  }

  function lines(text: string, emit: (frame: SseFrame) => void): void {
    let from = 0
    let carriage = text.indexOf('\r')
    for (;;) {
      const feed = text.indexOf('\n', from)
      // Looked for again only once it is passed: most streams have none, and a search for each line would be quadratic.
      if (carriage >= 0 && carriage < from) carriage = text.indexOf('\r', from)
      const end = carriage >= 0 && (feed < 0 || carriage < feed) ? carriage : feed
      // A CR at the very end may be the first half of a CRLF: it waits for the next chunk.
      if (end < 0 || (end === carriage && end === text.length - 1)) break
      line(text.slice(from, end), emit)
      from = end + (end === carriage && text.charCodeAt(end + 1) === 10 ? 2 : 1)
    }
    rest = text.slice(from)
    if (rest.length > longestFrame) throw new FramingError(`A line of the stream is longer than ${longestFrame} characters.`)
  }

  return {
    push(bytes, emit) {
      const text = decoder.decode(bytes, { stream: true })
      lines(rest === '' ? text : rest + text, emit)
    },
    end(emit) {
      const text = rest + decoder.decode()
      rest = ''
      lines(`${text}\n`, emit)
      dispatch(emit)
    },
  }
}

/** An event as bytes on the wire: LF only, and to be written in one piece, since some readers lose what is split. */
export function encodeSse(frame: SseFrame): string {
  const data = frame.data.includes('\n') ? frame.data.replaceAll('\n', '\ndata: ') : frame.data
  return frame.event === undefined ? `data: ${data}\n\n` : `event: ${frame.event}\ndata: ${data}\n\n`
}
