import type { SseFrame } from '../dialect.js'
import type { Reader } from '../reader.js'

/** A frame longer than this is not a model's answer but a fault or an attack. Characters. */
const longestFrame = 64 * 1024 * 1024

/** Thrown for a stream that cannot be framed: an event without an end. */
export class FramingError extends Error {}

/**
 * Bytes to server-sent events, by the HTML standard: LF, CRLF or CR, with or without a space after the colon, several `data`
 * lines joined, comments left out. A character cut in two between chunks is put together. An event that the stream's end
 * cuts off before its blank line is given all the same, since some servers leave the last blank line out. Throws a
 * `FramingError` for an event of more than `longest` characters.
 */
export function decodeSse(longest: number = longestFrame): Reader<Uint8Array, SseFrame> {
  const decoder = new TextDecoder('utf-8')
  // The pieces of a line whose end has not come: looked through once, and put together once.
  let held: string[] = []
  let heldLength = 0
  // The last chunk ended in a CR, which ended a line: an LF that follows belongs to it.
  let afterCarriage = false
  let event: string | undefined
  let data: string | undefined

  function line(text: string, emit: (frame: SseFrame) => void): void {
    if (text === '') return dispatch(emit)
    const colon = text.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? text : text.slice(0, colon)
    let value = colon < 0 ? '' : text.slice(colon + 1)
    if (value.charCodeAt(0) === 32) value = value.slice(1)
    if (field === 'data') {
      data = data === undefined ? value : `${data}\n${value}`
      measure()
    } else if (field === 'event') event = value
  }

  function dispatch(emit: (frame: SseFrame) => void): void {
    if (data !== undefined) emit(event === undefined ? { data } : { event, data })
    event = undefined
    data = undefined
  }

  function measure(): void {
    if (heldLength + (data?.length ?? 0) > longest)
      throw new FramingError(`An event of the stream is longer than ${longest} characters.`)
  }

  function hold(piece: string): void {
    if (piece === '') return
    held.push(piece)
    heldLength += piece.length
    measure()
  }

  function release(last: string): string {
    if (heldLength === 0) return last
    const whole = held.join('') + last
    held = []
    heldLength = 0
    return whole
  }

  function lines(text: string, emit: (frame: SseFrame) => void): void {
    if (text === '') return
    let from = afterCarriage && text.charCodeAt(0) === 10 ? 1 : 0
    afterCarriage = false
    let carriage = text.indexOf('\r')
    for (;;) {
      const feed = text.indexOf('\n', from)
      // Looked for again only once it is passed: most streams have none, and a search for each line would be quadratic.
      if (carriage >= 0 && carriage < from) carriage = text.indexOf('\r', from)
      const end = carriage >= 0 && (feed < 0 || carriage < feed) ? carriage : feed
      if (end < 0) break
      line(release(text.slice(from, end)), emit)
      from = end + (end === carriage && text.charCodeAt(end + 1) === 10 ? 2 : 1)
      afterCarriage = end === carriage && from === text.length && from === end + 1
    }
    hold(text.slice(from))
  }

  return {
    push(bytes, emit) {
      lines(decoder.decode(bytes, { stream: true }), emit)
    },
    end(emit) {
      lines(`${decoder.decode()}\n`, emit)
      dispatch(emit)
    },
  }
}

/** An event as bytes on the wire: LF only, and to be written in one piece, since some readers lose what is split. */
export function encodeSse(frame: SseFrame): string {
  const data = frame.data.includes('\n') ? frame.data.replaceAll('\n', '\ndata: ') : frame.data
  return frame.event === undefined ? `data: ${data}\n\n` : `event: ${frame.event}\ndata: ${data}\n\n`
}
