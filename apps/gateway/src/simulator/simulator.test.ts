import {
  chatCompletions,
  decodeSse,
  folding,
  readAll,
  responses,
  type Event,
  type Generated,
  type SseFrame,
} from '@weir/dialects'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { TransportError, type ByteStream, type UpstreamReply, type UpstreamRequest } from '../ports/transport.js'
import { introduction } from './plan.js'
import { simulatorModels, simulatorTransport } from './simulator.js'
import type { SpokenDialect } from './spoken.js'

const simulator = simulatorTransport()

interface Spoken {
  readonly path: string
  readonly dialect: SpokenDialect
  readonly body: (text: string) => object
}

const dialects: Record<string, Spoken> = {
  responses: { path: '/responses', dialect: responses, body: (text) => ({ input: text }) },
  'chat-completions': {
    path: '/chat/completions',
    dialect: chatCompletions,
    body: (text) => ({ messages: [{ role: 'user', content: text }], stream_options: { include_usage: true } }),
  },
}

function request(spoken: Spoken, body: object, options: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    method: 'POST',
    url: `simulator://${spoken.path}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'talker', ...spoken.body('Hello there'), ...body }),
    signal: new AbortController().signal,
    headTimeout: 5_000,
    idleTimeout: 5_000,
    ...options,
  }
}

interface Read {
  readonly text: string
  readonly chunks: number
  readonly error?: TransportError
}

/** Everything that a body brings, with the error that ended it. */
function readBody(body: ByteStream): Promise<Read> {
  return new Promise((resolve) => {
    const decoder = new TextDecoder()
    let text = ''
    let chunks = 0
    body.start({
      data(bytes) {
        chunks++
        text += decoder.decode(bytes, { stream: true })
      },
      end: () => resolve({ text, chunks }),
      fail: (error) => resolve({ text, chunks, error }),
    })
  })
}

const framesOf = (text: string): SseFrame[] => readAll(decodeSse(), [new TextEncoder().encode(text)])

function eventsOf(spoken: Spoken, text: string): Event[] {
  return readAll<SseFrame, Event>(spoken.dialect.stream.decode(), framesOf(text))
}

function folded(events: readonly Event[]): Generated {
  const answer = folding()
  for (const event of events) answer.add(event)
  return answer.result()
}

function textOf({ items }: Generated): string {
  return items
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => ('text' in part ? part.text : ''))
    .join('')
}

const script = (steps: readonly object[]): object => ({ metadata: { simulator_script: JSON.stringify(steps) } })

afterEach(() => void vi.useRealTimers())

describe.each(Object.entries(dialects))('the simulator in %s', (_, spoken) => {
  const send = (body: object, options?: Partial<UpstreamRequest>): Promise<UpstreamReply> =>
    simulator.send(request(spoken, body, options))

  async function stream(body: object): Promise<Read & { readonly answer: Generated; readonly frames: SseFrame[] }> {
    const reply = await send({ stream: true, ...body })
    expect(reply.status).toBe(200)
    const read = await readBody(reply.body)
    return { ...read, answer: folded(eventsOf(spoken, read.text)), frames: framesOf(read.text) }
  }

  test('says the same in one piece and in a stream', async () => {
    const reply = await send({})
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } })
    const whole = spoken.dialect.response.decode(JSON.parse((await readBody(reply.body)).text))
    const { answer, frames } = await stream({})
    expect(textOf(whole)).toBe(`${introduction}\n\nYou said: Hello there`)
    expect(textOf(answer)).toBe(textOf(whole))
    expect(answer.outcome).toEqual(whole.outcome)
    expect(answer.usage).toEqual(whole.usage)
    expect(frames.length).toBeGreaterThan(20)
    expect(frames.at(-1)?.data).toBe('[DONE]')
  })

  test('repeats a long input in full, over many turns of the event loop', async () => {
    const long = 'All work and no play. '.repeat(2_000)
    const { answer, chunks } = await stream(spoken.body(long))
    expect(textOf(answer)).toContain(long.trimEnd())
    expect(chunks).toBeGreaterThan(500)
  })

  test('makes nothing while it is paused', async () => {
    const { body } = await send({ stream: true, ...spoken.body('word '.repeat(5_000)) })
    let received = 0
    let ended = false
    body.start({ data: () => void received++, end: () => (ended = true), fail: () => (ended = true) })
    await vi.waitFor(() => expect(received).toBeGreaterThan(3))
    body.pause()
    const before = received
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(received).toBe(before)
    body.resume()
    await vi.waitFor(() => expect(ended).toBe(true), 5_000)
  })

  test('ends at once and for good when it is destroyed', async () => {
    const { body } = await send({ stream: true, ...spoken.body('word '.repeat(5_000)) })
    let received = 0
    const ending = vi.fn()
    body.start({
      data() {
        if (++received === 3) body.destroy()
      },
      end: ending,
      fail: ending,
    })
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(received).toBe(3)
    expect(ending).not.toHaveBeenCalled()
  })

  test('fails as aborted when the request is, and leaves no listener', async () => {
    const leaving = new AbortController()
    const { body } = await send({ model: 'fault-stall', stream: true }, { signal: leaving.signal })
    setTimeout(() => leaving.abort(), 20)
    expect((await readBody(body)).error?.fault).toBe('aborted')
  })

  test('ends a wait in an answer when the request is aborted', async () => {
    const leaving = new AbortController()
    const waiting = script([{ say: 'a' }, { wait_ms: 60_000 }])
    setTimeout(() => leaving.abort(), 20)
    await expect(send(waiting, { signal: leaving.signal })).rejects.toMatchObject({ fault: 'aborted' })
    await expect(send({}, { signal: leaving.signal })).rejects.toMatchObject({ fault: 'aborted' })
  })

  test.each([
    ['a model that it does not have', { model: 'fault-unheard-of' }, 404],
    ['a script that cannot be followed', { metadata: { simulator_script: '[{"sing":"la"}]' } }, 400],
    ['a script that fails at once', { stream: true, ...script([{ fail: 'rate-limited' }]) }, 429],
    ['a script that fails, asked in one piece', script([{ say: 'a' }, { fail: 'overloaded' }]), 503],
  ])('answers %s with an error of the dialect', async (__, body, status) => {
    const reply = await send(body)
    const failure = spoken.dialect.error.decode(reply.status, JSON.parse((await readBody(reply.body)).text))
    expect(reply.status).toBe(status)
    expect(failure.message.length).toBeGreaterThan(10)
  })

  test('answers a body that is not JSON with 400', async () => {
    expect((await send({}, { body: '{' })).status).toBe(400)
  })

  test('tells of a failure inside a stream', async () => {
    const { answer } = await stream(script([{ say: 'One ' }, { fail: 'overloaded' }]))
    expect(textOf(answer)).toBe('One ')
    expect(answer.outcome).toMatchObject({ status: 'failed' })
  })

  test('fills a tool call that comes whole out of the stream', async () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const tool = { type: 'function', name: 'get_weather', parameters }
    const tools = spoken.path === '/responses' ? [tool] : [{ type: 'function', function: { name: tool.name, parameters } }]
    const { answer } = await stream({ tools })
    expect(answer.items).toMatchObject([{ type: 'tool-call', name: 'get_weather', arguments: '{"city":"simulated"}' }])
  })

  describe('misbehaves on purpose:', () => {
    test('fault-status-<code> gives this status, with retry-after where waiting helps', async () => {
      const limited = await send({ model: 'fault-status-429' })
      expect(limited).toMatchObject({ status: 429, headers: { 'retry-after': '2' } })
      expect(spoken.dialect.error.decode(429, JSON.parse((await readBody(limited.body)).text)).kind).toBe('rate-limited')
      expect((await send({ model: 'fault-status-418', stream: true })).status).toBe(418)
      expect((await send({ model: 'fault-status-500' })).headers).not.toHaveProperty('retry-after')
    })

    test('fault-html and fault-error-200 are no answers in spite of their status', async () => {
      for (const model of ['fault-html', 'fault-error-200']) {
        const reply = await send({ model })
        const { text } = await readBody(reply.body)
        expect(reply.status).toBe(200)
        expect(outcomeOf(spoken, text)).not.toBe('completed')
      }
    })

    test('fault-refused refuses the connection', async () => {
      await expect(send({ model: 'fault-refused' })).rejects.toMatchObject({ fault: 'refused' })
      await expect(send({ model: 'fault-refused' })).rejects.toBeInstanceOf(TransportError)
    })

    test('fault-stall-head never answers, until time is up or the caller leaves', async () => {
      await expect(send({ model: 'fault-stall-head' }, { headTimeout: 20 })).rejects.toMatchObject({ fault: 'timeout' })
      const signal = AbortSignal.timeout(20)
      await expect(send({ model: 'fault-stall-head' }, { headTimeout: 0, signal })).rejects.toMatchObject({ fault: 'aborted' })
    })

    test.each([true, false])('fault-slow-first-token-60 sends its first byte late (stream: %s)', async (streams) => {
      const start = performance.now()
      const reply = await send({ model: 'fault-slow-first-token-60', stream: streams })
      const { text } = await readBody(reply.body)
      expect(performance.now() - start).toBeGreaterThan(55)
      expect(text.length).toBeGreaterThan(100)
    })

    test.each([true, false])('fault-stall falls silent midway (stream: %s)', async (streams) => {
      const reply = await send({ model: 'fault-stall', stream: streams }, { idleTimeout: 20 })
      const { text, error } = await readBody(reply.body)
      expect(text.length).toBeGreaterThan(100)
      expect(error?.fault).toBe('timeout')
    })

    test.each([true, false])('fault-cut breaks the connection midway (stream: %s)', async (streams) => {
      const reply = await send({ model: 'fault-cut', stream: streams })
      const { text, error } = await readBody(reply.body)
      expect(text.length).toBeGreaterThan(100)
      expect(error?.fault).toBe('cut')
      if (streams) expect(introduction.startsWith(textOf(folded(eventsOf(spoken, text))))).toBe(true)
    })

    test('fault-cut-0 breaks before anything came, and a short answer is cut before its end', async () => {
      expect(await readBody((await send({ model: 'fault-cut-0', stream: true })).body)).toMatchObject({
        text: '',
        error: { fault: 'cut' },
      })
      const short = await readBody((await send({ model: 'fault-cut-99', stream: true, ...script([{ say: 'a' }]) })).body)
      expect(short.error?.fault).toBe('cut')
      expect(short.text).not.toContain('[DONE]')
    })

    test('fault-malformed sends a chunk that is not JSON', async () => {
      const { text } = await readBody((await send({ model: 'fault-malformed', stream: true })).body)
      const broken = framesOf(text).filter(({ data }) => data !== '[DONE]' && !parses(data))
      expect(broken).toHaveLength(1)
      expect(parses((await readBody((await send({ model: 'fault-malformed' })).body)).text)).toBe(false)
    })

    test('fault-no-done leaves out [DONE] and nothing else', async () => {
      const { frames, answer } = await stream({ model: 'fault-no-done' })
      expect(frames.some(({ data }) => data === '[DONE]')).toBe(false)
      expect(answer.outcome).toEqual({ status: 'completed' })
    })

    test('fault-crlf and fault-split say the same in other bytes', async () => {
      const plain = await stream({})
      const lines = await stream({ model: 'fault-crlf' })
      const bytes = await stream({ model: 'fault-split' })
      expect(lines.text).toContain('\r\n\r\n')
      expect(lines.text.replaceAll('\r\n', '')).not.toContain('\n')
      expect(bytes.chunks).toBe(new TextEncoder().encode(bytes.text).length)
      for (const { answer } of [lines, bytes]) expect(textOf(answer)).toBe(textOf(plain.answer))
    })
  })
})

test('a path that no dialect has is not found', async () => {
  const spoken = { path: '/elsewhere', dialect: chatCompletions, body: () => ({}) }
  expect((await simulator.send(request(spoken, {}))).status).toBe(404)
})

test('names its models', () => {
  expect(simulatorModels).toContain('talker')
  expect(simulatorModels).toContain('fault-stall-head')
  expect(new Set(simulatorModels).size).toBe(simulatorModels.length)
})

function outcomeOf(spoken: Spoken, text: string): string {
  try {
    return spoken.dialect.response.decode(parses(text) ? JSON.parse(text) : text).outcome.status
  } catch (error) {
    return String(error)
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
