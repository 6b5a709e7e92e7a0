import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SseFrame } from '../dialect.js'
import { readAll } from '../reader.js'
import { decodeAwsEventStream, encodeAwsEventStream } from './aws-event-stream.js'
import { crc32 } from './crc32.js'
import { FramingError } from './sse.js'

// A failing run prints its seed; `FRAMING_SEED=<seed>` repeats it.
const seed = Number(process.env.FRAMING_SEED ?? Date.now() % 1_000_000)

const utf8 = new TextEncoder()
const number = (value: number, bytes: 1 | 2 | 4): number[] =>
  Array.from({ length: bytes }, (_, place) => (value >>> (8 * (bytes - 1 - place))) & 0xff)
const header = (name: string, type: number, ...value: number[]): number[] => [name.length, ...utf8.encode(name), type, ...value]
const string = (name: string, value: string): number[] =>
  header(name, 7, ...number(utf8.encode(value).length, 2), ...utf8.encode(value))

/** A message put together by hand, with whatever lengths it is told to name. */
function message(headers: number[], payload: string, told: { length?: number; headers?: number } = {}): Uint8Array {
  const body = [...headers, ...utf8.encode(payload)]
  const lengths = [...number(told.length ?? 16 + body.length, 4), ...number(told.headers ?? headers.length, 4)]
  const before = [...lengths, ...number(crc32(Uint8Array.from(lengths)), 4), ...body]
  return Uint8Array.from([...before, ...number(crc32(Uint8Array.from(before)), 4)])
}

const event = (name: string): number[] => [
  ...string(':event-type', name),
  ...string(':content-type', 'application/json'),
  ...string(':message-type', 'event'),
]
const read = (...pieces: Uint8Array[]): SseFrame[] => readAll(decodeAwsEventStream(), pieces)
const whole = (...pieces: Uint8Array[]): Uint8Array => Uint8Array.from(pieces.flatMap((piece) => [...piece]))

function* cut(bytes: Uint8Array, places: readonly number[]): Generator<Uint8Array> {
  let from = 0
  for (const to of places.toSorted((first, second) => first - second)) {
    yield bytes.subarray(from, to)
    from = to
  }
  yield bytes.subarray(from)
}

describe('a checksum', () => {
  it('is the one that everybody else counts', () => {
    expect(crc32(utf8.encode('123456789'))).toBe(0xcbf43926)
    expect(crc32(new Uint8Array())).toBe(0)
  })
})

describe('a message', () => {
  it('is the bytes that AWS documents for one without headers and payload', () => {
    const bytes = Uint8Array.of(0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff)
    expect(message([], '')).toEqual(bytes)
    expect(read(bytes)).toEqual([{ data: '' }])
  })

  it('is the frame of its event and its payload', () => {
    expect(read(message(event('messageStart'), '{"role":"assistant"}'))).toEqual([
      { event: 'messageStart', data: '{"role":"assistant"}' },
    ])
  })

  it('may have headers of all ten types, in any order', () => {
    const headers = [
      ...header('true', 0),
      ...header('false', 1),
      ...header('byte', 2, 1),
      ...header('short', 3, 1, 2),
      ...header('integer', 4, 1, 2, 3, 4),
      ...string(':event-type', 'metadata'),
      ...header('long', 5, 1, 2, 3, 4, 5, 6, 7, 8),
      ...header('bytes', 6, 0, 3, 1, 2, 3),
      ...header('time', 8, 1, 2, 3, 4, 5, 6, 7, 8),
      ...header('uuid', 9, ...Array.from({ length: 16 }, (_, place) => place)),
      ...string('last', 'ü'),
    ]
    expect(read(message(headers, '{}'))).toEqual([{ event: 'metadata', data: '{}' }])
  })

  it('is known as an exception by the name of it', () => {
    const headers = [...string(':exception-type', 'throttlingException'), ...string(':message-type', 'exception')]
    expect(read(message(headers, '{"message":"Slow down."}'))).toEqual([
      { event: 'throttlingException', data: '{"message":"Slow down."}' },
    ])
  })

  it.each([
    ['an exception by another name', [...string(':exception-type', 'oddity'), ...string(':message-type', 'exception')], 'Odd.'],
    [
      'an error',
      [...string(':error-code', 'oddity'), ...string(':error-message', 'Odd.'), ...string(':message-type', 'error')],
      '',
    ],
  ])('is known as a failure where it is %s', (_, headers, payload) => {
    expect(read(message(headers, payload))).toEqual([{ event: 'error', data: '{"code":"oddity","message":"Odd."}' }])
  })
})

describe('a stream of messages', () => {
  const frames: SseFrame[] = [
    { event: 'contentBlockDelta', data: '{"delta":{"text":"🌊ü"}}' },
    { data: '' },
    { event: 'internalServerException', data: '{"message":"Broken."}' },
    { event: 'error', data: '{"code":"InternalError","message":"Gone."}' },
    { event: 'metadata', data: JSON.stringify({ long: 'x'.repeat(70_000) }) },
  ]
  const bytes = whole(...frames.map(encodeAwsEventStream))

  it('comes back as it was', () => {
    expect(read(bytes)).toEqual(frames)
  })

  it('is the same byte by byte', () => {
    const short = whole(...frames.slice(0, 4).map(encodeAwsEventStream))
    expect(read(...Array.from(short, (_, place) => short.subarray(place, place + 1)))).toEqual(frames.slice(0, 4))
  })

  it(`is the same however it is cut (seed ${seed})`, () => {
    const places = fc.uniqueArray(fc.oneof(fc.nat(bytes.length), fc.nat(600)), { maxLength: 40 })
    fc.assert(
      fc.property(places, (chosen) => {
        expect(read(...cut(bytes, chosen))).toEqual(frames)
      }),
      { seed, numRuns: 200 },
    )
  })

  it('does not depend on buffers that were used again', () => {
    const reader = decodeAwsEventStream()
    const given: SseFrame[] = []
    const buffer = new Uint8Array(10)
    for (let place = 0; place < bytes.length; place += 10) {
      const piece = bytes.subarray(place, place + 10)
      buffer.set(piece)
      reader.push(buffer.subarray(0, piece.length), (frame) => given.push(frame))
    }
    expect(given).toEqual(frames)
  })

  it.each([1, 11, 12, 40])('gives what is whole where it ends %i bytes into a message', (length) => {
    const [first, second] = frames.map(encodeAwsEventStream)
    if (!first || !second) throw new Error('The fixture has two messages.')
    expect(read(first, whole(second, second, second).subarray(0, length))).toEqual(
      length < second.length ? frames.slice(0, 1) : frames.slice(0, 2),
    )
  })
})

describe('what is no stream of messages', () => {
  const good = encodeAwsEventStream({ event: 'messageStart', data: '{"role":"assistant"}' })
  const flipped = (place: number): Uint8Array => good.map((byte, at) => (at === place ? byte ^ 1 : byte))

  it('is a fault at the first message whose checksum is wrong, after those before it', () => {
    const given: SseFrame[] = []
    const reader = decodeAwsEventStream()
    expect(() => reader.push(whole(good, flipped(good.length - 6)), (frame) => given.push(frame))).toThrow(FramingError)
    expect(given).toHaveLength(1)
  })

  it('is a fault whichever byte was damaged', () => {
    for (const place of good.keys()) expect(() => read(flipped(place))).toThrow(FramingError)
  })

  it('is a fault by its first twelve bytes, whatever length they name', () => {
    expect(() => read(utf8.encode('<!DOCTYPE html>'))).toThrow('no event stream')
    expect(() => read(...cut(utf8.encode('<!DOCTYPE html>'), [3, 7]))).toThrow('no event stream')
  })

  it.each([
    ['longer than is taken', message([], '', { length: 0xffffffff }), 'longer than'],
    ['shorter than any', message([], '', { length: 15 }), 'shorter than'],
    ['of no length', message([], '', { length: 0 }), 'shorter than'],
    ['shorter than its headers', message([], 'x', { headers: 2 }), 'shorter than'],
    ['with headers without end', message([], 'x', { headers: 0xffffffff }), 'shorter than'],
  ])('is a fault where a message is %s', (_, bytes, reason) => {
    expect(() => read(bytes)).toThrow(FramingError)
    expect(() => read(bytes)).toThrow(reason)
  })

  it.each([
    ['a name', [200, 97]],
    ['a type', [1, 97]],
    ['a length', [1, 97, 7, 0]],
    ['a value', header('a', 7, 0, 9, 97)],
    ['a number', header('a', 5, 1)],
    ['a type that exists', header('a', 10, 0, 0)],
  ])('is a fault where a header lacks %s', (_, headers) => {
    expect(() => read(message(headers, ''))).toThrow(FramingError)
  })

  it('is a fault where a message is longer than the reader was told to take', () => {
    expect(() => readAll(decodeAwsEventStream(good.length - 1), [good])).toThrow('longer than')
    expect(readAll(decodeAwsEventStream(good.length), [good, good])).toHaveLength(2)
  })
})

describe('a long message', () => {
  it('is read in time that grows with its length only', () => {
    const bytes = encodeAwsEventStream({ event: 'a', data: 'x'.repeat(8 * 1024 * 1024) })
    const started = performance.now()
    const [frame] = read(...Array.from({ length: bytes.length / 512 + 1 }, (_, at) => bytes.subarray(at * 512, at * 512 + 512)))
    expect(frame?.data).toHaveLength(8 * 1024 * 1024)
    // Putting all of it together for every piece takes minutes.
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
