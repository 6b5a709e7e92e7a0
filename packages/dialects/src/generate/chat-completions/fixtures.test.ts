import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeSse } from '../../framing/sse.js'
import { chain, readAll } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import { fold } from '../canonical/fold.js'
import { unfold } from '../canonical/unfold.js'
import { chatCompletions } from './chat-completions.js'

const folder = new URL('fixtures/', import.meta.url)
const names = (suffix: string): string[] =>
  readdirSync(folder).flatMap((file) => (file.endsWith(suffix) ? [file.slice(0, -suffix.length)] : []))
const bytes = (file: string): Uint8Array => readFileSync(new URL(file, folder))
const json = (file: string): never => JSON.parse(new TextDecoder().decode(bytes(file))) as never

/** A server that speaks all of the dialect. */
const home = { model: 'm', quirks: { customTools: true, allowedTools: true, reasoningField: 'reasoning_content' } } as const

const events = (pieces: Iterable<Uint8Array>): Event[] => readAll(chain(decodeSse(), chatCompletions.stream.decode()), pieces)

function* cutEvery(whole: Uint8Array, size: number): Generator<Uint8Array> {
  for (let from = 0; from < whole.length; from += size) yield whole.subarray(from, from + size)
}

const leaves = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [JSON.stringify(value)]

describe.each(names('.request.json'))('the request %s', (name) => {
  const wire = json(`${name}.request.json`)
  const canonical = chatCompletions.request.decode(wire)
  const { body, losses } = chatCompletions.request.encode(canonical, { ...home, model: canonical.model })

  it('is understood the same after a round trip, without loss', () => {
    expect(losses).toEqual([])
    expect(chatCompletions.request.decode(body)).toEqual(canonical)
  })

  it('keeps every value', () => {
    const kept = new Set(leaves(body))
    expect(leaves(wire).filter((leaf) => leaf !== 'null' && !kept.has(leaf))).toEqual([])
  })

  it('passes the native lane unchanged but for its model', () => {
    const native = chatCompletions.retarget(wire, { model: 'other' })
    expect(native).toEqual({ body: { ...(wire as object), model: 'other' }, losses: [] })
  })
})

describe.each(names('.stream.txt'))('the answer %s', (name) => {
  const whole = bytes(`${name}.stream.txt`)
  const plain = chatCompletions.response.decode(json(`${name}.response.json`))

  it('is the same streamed as whole', () => {
    expect(fold(events([whole]))).toEqual(plain)
  })

  it('is the same however the bytes are cut', () => {
    const uncut = events([whole])
    for (const size of [1, 2, 3, 7, 64]) expect(events(cutEvery(whole, size))).toEqual(uncut)
  })

  it('begins and ends each item once, in order, and tells each item whole', () => {
    const open = new Set<number>()
    let began = 0
    for (const event of events([whole])) {
      if (event.type === 'item-start') {
        expect(event.item).toBe(began++)
        open.add(event.item)
      } else if (event.type === 'item-end') expect(open.delete(event.item)).toBe(true)
      else if ('item' in event) expect(open.has(event.item)).toBe(true)
    }
    expect(open.size).toBe(0)
    expect(events([whole]).at(-1)?.type).toBe('turn-end')
  })

  it('means the same after it was written and read again, streamed and whole', () => {
    const asked = { model: 'm', items: [], sampling: {}, stream: true, state: {}, streamOptions: { includeUsage: true } } as const
    const answering = { asked, id: 'chatcmpl-own', createdAt: 7, model: 'own', provider: 'account', stored: false }
    const own = { id: 'chatcmpl-own', createdAt: 7, model: 'own' }
    // A total that is no sum is not told again.
    const { providerTotal: ____, ...usage } = { ...none, ...plain.usage }
    const { extras: _, ...rest } = { ...plain, ...own, ...(plain.usage && { usage }) }

    const { extras: __, ...written } = chatCompletions.response.decode(chatCompletions.response.encode(plain, answering))
    expect(written).toEqual(rest)
    const frames = readAll(chatCompletions.stream.encode(answering), unfold(plain))
    expect(frames.at(-1)).toEqual({ data: '[DONE]' })
    const { extras: ___, ...streamed } = fold(readAll(chatCompletions.stream.decode(), frames))
    expect(streamed).toEqual(rest)
  })
})

const none = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }

describe('a stream that breaks', () => {
  const ending = (name: string): Event[] => events([bytes(`${name}.fault.txt`)])

  it.each([
    ['cut-in-text', 'cut'],
    ['cut-in-arguments', 'cut'],
    ['broken-chunk', 'malformed'],
    ['page-of-html', 'cut'],
    ['error-in-stream', 'failed'],
    ['error-at-once', 'rate-limited'],
  ] as const)('%s ends with the error %s, once, and with nothing after it', (name, kind) => {
    const all = ending(name)
    expect(all.at(-1)).toMatchObject({ type: 'error', failure: { kind } })
    expect(all.filter((event) => event.type === 'error' || event.type === 'turn-end')).toHaveLength(1)
  })

  it('tells what the provider said', () => {
    expect(ending('error-in-stream').at(-1)).toMatchObject({ failure: { message: 'The engine went away', code: '502' } })
  })

  it('is written with an error and without [DONE]', () => {
    const asked = { model: 'm', items: [], sampling: {}, stream: true, state: {} } as const
    const answering = { asked, id: 'chatcmpl-own', createdAt: 7, model: 'own', provider: 'account', stored: false }
    const frames = readAll(chatCompletions.stream.encode(answering), ending('cut-in-text')).map((frame) => frame.data)
    expect(JSON.parse(frames.at(-1) ?? '')).toEqual({
      error: { message: expect.any(String), type: 'server_error', param: null, code: 'upstream_error' },
    })
    expect(frames).not.toContain('[DONE]')
    expect(frames.some((data) => data.includes('"finish_reason":"'))).toBe(false)
  })
})
