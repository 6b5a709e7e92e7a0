import { describe, expect, it } from 'vitest'
import { readAll } from '../reader.js'
import { decodeSse, encodeSse, FramingError } from './sse.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const frames = (...pieces: string[]) => readAll(decodeSse(), pieces.map(bytes))

describe('a stream of events', () => {
  it('is cut at blank lines, with the name of each event', () => {
    expect(frames('event: a\ndata: 1\n\ndata: 2\n\n')).toEqual([{ event: 'a', data: '1' }, { data: '2' }])
  })

  it.each([['\n'], ['\r\n'], ['\r']])('takes %j as the end of a line', (end) => {
    expect(frames(`event: a${end}data: 1${end}${end}data: 2${end}${end}`)).toEqual([{ event: 'a', data: '1' }, { data: '2' }])
  })

  it('takes a CRLF that is cut in two as one end', () => {
    expect(frames('data: 1\r', '\ndata: 2\r', '\n\r', '\n')).toEqual([{ data: '1\n2' }])
  })

  it('joins several data lines and needs no space after the colon', () => {
    expect(frames('data:1\ndata: 2\ndata\n\n')).toEqual([{ data: '1\n2\n' }])
  })

  it('leaves out comments, other fields and events without data', () => {
    expect(frames(': ping\n\nid: 7\nretry: 10\nevent: empty\n\ndata: 1\n\n')).toEqual([{ data: '1' }])
  })

  it('gives the last event where its blank line is missing', () => {
    expect(frames('data: 1\n\ndata: 2')).toEqual([{ data: '1' }, { data: '2' }])
  })

  it('puts a character together that is cut between chunks', () => {
    const whole = bytes('data: 🌊ü\n\n')
    const pieces = Array.from(whole, (_, index) => whole.subarray(index, index + 1))
    expect(readAll(decodeSse(), pieces)).toEqual([{ data: '🌊ü' }])
  })

  it('loses a byte order mark, not the event behind it', () => {
    expect(readAll(decodeSse(), [new Uint8Array([0xef, 0xbb, 0xbf]), bytes('data: 1\n\n')])).toEqual([{ data: '1' }])
  })
})

describe('an event without an end', () => {
  it.each([
    ['on one line', ['data: ', 'x'.repeat(60), 'x'.repeat(60)]],
    ['over many lines', Array.from({ length: 40 }, () => 'data: 123\n')],
    ['partly on a line that has not ended', [`data: ${'x'.repeat(60)}\ndata: `, 'x'.repeat(60)]],
  ])('is a fault, be it %s', (_, pieces) => {
    expect(() => readAll(decodeSse(100), pieces.map(bytes))).toThrow(FramingError)
  })

  it('is none where each event is short, however many there are', () => {
    expect(
      readAll(
        decodeSse(100),
        Array.from({ length: 40 }, () => bytes('data: 123\n\n')),
      ),
    ).toHaveLength(40)
  })

  it('is read in time that grows with its length only', () => {
    const piece = bytes('x'.repeat(512))
    const started = performance.now()
    const [frame] = readAll(decodeSse(), [bytes('data: '), ...Array.from({ length: 16_384 }, () => piece), bytes('\n\n')])
    expect(frame?.data).toHaveLength(8 * 1024 * 1024)
    // Looking through the whole line for every piece takes seconds.
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('an event as it leaves', () => {
  it('is one text with LF only, ended by a blank line', () => {
    expect(encodeSse({ event: 'a', data: '{}' })).toBe('event: a\ndata: {}\n\n')
  })

  it('comes back as it was, whatever its payload', () => {
    const frame = { event: 'a', data: 'one\n\ntwo: three\n' }
    expect(frames(encodeSse(frame))).toEqual([frame])
  })
})
