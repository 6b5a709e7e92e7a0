import type { ServerResponse } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { complaints, patience, type Bytes } from '../support/dialects/actors/actor.js'
import { converseEvent } from '../support/dialects/actors/converse.js'
import { messagesEvent } from '../support/dialects/actors/messages.js'
import { actors } from '../support/dialects/actors/actors.js'
import { callers } from '../support/dialects/callers/callers.js'
import { pairs, titleOf } from '../support/dialects/pairs.js'
import { given, wire, type Failing, type IngressName, type SpokenName, type Wire } from '../support/dialects/plain.js'
import { answer, call, text, user, weather } from '../support/dialects/scenes.js'
import { openStage, type Stage } from '../support/dialects/stage.js'
import { keys } from '../support/gateway.js'
import { moment } from '../support/moment.js'
import { data, json, type Script } from '../support/upstream.js'

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const question = { words: [user('Speak.')], tools: [weather], limit: 900 }
const half = answer([text('Once upon a time')])

/** What no provider means to send: what a proxy in between says, or what is left of an answer. */
const garbage: readonly (readonly [what: string, script: Script, code: string])[] = [
  ['a page with status 502', sending(502, 'text/html', '<html>Bad gateway</html>'), 'upstream_error'],
  ['a page with status 200', sending(200, 'text/html', '<html>Welcome</html>'), 'upstream_malformed'],
  ['half of an object', sending(200, 'application/json', '{"id":"x","con'), 'upstream_malformed'],
  ['an empty object', sending(200, 'application/json', '{}'), 'upstream_malformed'],
  ['a list', sending(200, 'application/json', '[]'), 'upstream_malformed'],
  ['nothing at all', sending(200, 'application/json', ''), 'upstream_malformed'],
  ['a closed connection', (_, response) => void response.destroy(), 'upstream_error'],
]

function sending(status: number, type: string, body: string): Script {
  return (_, response) => {
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  }
}

/** An answer that its provider gives up: whole, and how a stream of it ends. */
const givenUp: Readonly<Record<SpokenName, { readonly whole: object; readonly ending: Bytes }>> = {
  responses: {
    whole: { ...actors.responses.whole(half), status: 'failed', error: { code: 'server_error', message: 'lost it' } },
    ending: `event: response.failed\n${data({
      type: 'response.failed',
      sequence_number: 30,
      response: {
        id: 'resp_up',
        object: 'response',
        status: 'failed',
        error: { code: 'server_error', message: 'lost it' },
        output: [],
      },
    })}`,
  },
  'chat-completions': {
    whole: { error: { message: 'lost it', type: 'server_error', param: null, code: null } },
    ending: data({
      id: 'chatcmpl-up',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { message: 'lost it', code: 502 } }],
    }),
  },
  messages: {
    whole: { type: 'error', error: { type: 'api_error', message: 'lost it' } },
    ending: messagesEvent('error', { error: { type: 'api_error', message: 'lost it' } }),
  },
  'generate-content': {
    whole: {
      candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'lost it', index: 0 }],
      modelVersion: 'model',
    },
    ending: data({ candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'lost it', index: 0 }] }),
  },
  converse: {
    whole: { ...actors.converse.whole(half), stopReason: 'malformed_tool_use' },
    ending: converseEvent('messageStop', { stopReason: 'malformed_tool_use' }),
  },
}

const failings = Object.keys(complaints) as Failing[]

/** What an upstream does after half of its answer. */
const ends: readonly (readonly [what: string, ends: (response: ServerResponse) => void])[] = [
  ['is cut', (response) => void response.destroy()],
  ['ends without an end', (response) => void response.end()],
]

describe.each(pairs.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  const { ingress, spoken, stream } = pair
  const actor = actors[spoken]
  const caller = callers[ingress]

  test.each(failings)('a provider that refuses (%s) is an error in the words of the caller', async (failing) => {
    const refusal = actor.refuses(failing)
    const given = await stage.ask(pair, question, (_, response) => json(response, refusal.body, refusal.status, refusal.headers))
    const body = wire(await given.json())
    const [status, name] = caller.errors[failing]
    expect(given.status).toBe(status)
    expect(given.headers.get('content-type')).toBe('application/json; charset=utf-8')
    const error = caller.readsError(body)
    expect(error.name).toBe(name)
    if (failing === 'unauthorized') expect(error.message).toMatch(/refused the credentials of the account/)
    else if (failing === 'too long') expect(error.message).toMatch(/prompt is too long|exceeds the maximum number of tokens/)
    else expect(error.message).toBe(`${spoken}: ${complaints[failing]}`)
    expect(JSON.stringify(body)).not.toContain('sk-upstream')
    const waits =
      failing === 'rate limited' ? (spoken === 'converse' ? '1' : String(patience)) : failing === 'overloaded' ? '1' : null
    expect(given.headers.get('retry-after')).toBe(waits)
    expect(await stage.row()).toMatchObject({ status, attempts: [{ status: refusal.status, outcome: 'failed' }] })
  })

  test.each(garbage)('%s is a 502 in the words of the caller', async (_, script, code) => {
    const given = await stage.ask(pair, question, script)
    const body = wire(await given.json())
    expect(given.status).toBe(502)
    expect(caller.readsError(body).name).toBe(code === 'upstream_error' ? caller.errors.failed[1] : caller.malformed)
    expect(JSON.stringify(body)).not.toContain('html>')
    expect(await stage.row()).toMatchObject({ status: 502, outcome: 'failed', errorCode: code })
  })

  test('an answer that the provider gives up is none', async () => {
    const { whole, ending } = givenUp[spoken]
    const { opening, content } = actor.streams(half)
    const given = await stage.ask(pair, question, (_, response) => {
      if (!stream) return json(response, whole)
      response.writeHead(200, { 'content-type': actor.streamType })
      for (const bytes of [...opening, ...content, ending]) response.write(bytes)
      response.end()
    })
    const body = await given.text()
    expect(await stage.row()).toMatchObject({ outcome: 'failed', errorCode: 'upstream_error' })
    // Google tells this by a reason to finish, and once.
    if (stream && ingress === 'generate-content' && spoken === ingress) {
      expect(caller.hears(body)).toMatchObject({ said: half.said, stop: 'strange' })
      return expect(body.match(/MALFORMED_FUNCTION_CALL/g)).toHaveLength(1)
    }
    if (given.status === 200) {
      const told = stream ? caller.hears(body) : caller.reads(wire(JSON.parse(body)))
      expect(told.said).toEqual(half.said)
      expect(told.stop).toBeUndefined()
      expect(told.error?.message).toMatch(/lost it|could not read/)
    } else {
      const [status, name] = caller.errors.failed
      expect(given.status).toBe(status)
      expect(caller.readsError(wire(JSON.parse(body)))).toEqual({
        name,
        message: expect.stringMatching(/lost it|could not read/),
      })
    }
    // Of half an answer only Responses can say as a whole that it failed.
    expect(given.status === 200).toBe(stream || (ingress === 'responses' && (spoken === ingress || spoken === 'converse')))
  })

  if (stream) {
    test('an error amid the stream ends it as one, behind what was said', async () => {
      const { opening, content } = actor.streams(half)
      const given = await stage.ask(pair, question, (_, response) => {
        response.writeHead(200, { 'content-type': actor.streamType })
        for (const bytes of [...opening, ...content, actor.breaks]) response.write(bytes)
        response.end()
      })
      expect(given.status).toBe(200)
      const told = caller.hears(await given.text())
      expect(told).toEqual({
        said: half.said,
        error: { name: caller.brokenOff(spoken), message: expect.stringContaining(complaints.overloaded) },
      })
      expect(await stage.row()).toMatchObject({ status: 200, outcome: 'failed', errorCode: 'unavailable' })
    })

    test('an error before the first word is an HTTP error', async () => {
      const given = await stage.ask(pair, question, (_, response) => {
        response.writeHead(200, { 'content-type': actor.streamType })
        for (const bytes of [...actor.streams(half).opening, actor.breaks]) response.write(bytes)
        response.end()
      })
      const [status, name] = caller.errors.overloaded
      expect(given.status).toBe(status)
      expect(caller.readsError(wire(await given.json()))).toEqual({
        name,
        message: expect.stringContaining(complaints.overloaded),
      })
    })

    test.each(ends)('a stream that %s is a failure, behind what was said', async (_, endsIt) => {
      const { opening, content } = actor.streams(
        answer([text('Once upon a time'), call('call_cut', 'get_weather', { city: 'Oslo' })]),
      )
      // Not to the end of the arguments.
      const begun = [...opening, ...content.slice(0, spoken === 'generate-content' ? -1 : -3)]
      const given = await stage.ask(pair, question, (_, response) => {
        response.writeHead(200, { 'content-type': actor.streamType })
        for (const bytes of begun.slice(0, -1)) response.write(bytes)
        response.write(begun.at(-1) ?? '', () => endsIt(response))
      })
      const told = caller.hears(await given.text())
      expect(told.said[0]).toEqual({ type: 'text', text: 'Once upon a time' })
      expect(told.stop).toBeUndefined()
      expect(told.error?.message).toMatch(/connection to the provider broke|ended/)
      expect(await stage.row()).toMatchObject({ status: 200, outcome: 'failed', errorCode: 'upstream_error' })
    })
  }

  test('a caller who leaves ends the request upstream', async () => {
    const asked = moment()
    const leaving = new AbortController()
    const before = stage.seen.length
    const { opening, content } = actor.streams(half)
    const given = stage.ask(
      pair,
      question,
      (_, response) => {
        if (stream) {
          response.writeHead(200, { 'content-type': actor.streamType })
          for (const bytes of [...opening, ...content]) response.write(bytes)
        }
        asked.now()
      },
      leaving.signal,
    )
    given.catch(() => {})
    await asked.come
    if (stream) {
      const reader = (await given).body?.getReader()
      await reader?.read()
    }
    leaving.abort()
    const closed = stage.seen[before]?.aborted.then(() => 'closed')
    expect(await Promise.race([closed, after(2000, 'open')])).toBe('closed')
    expect(await stage.row()).toMatchObject({ outcome: 'client_closed', status: 499 })
  })
})

/** What the gateway itself refuses, with the status that it gives. */
const own: readonly (readonly [what: string, sends: Sends, status: number, kind: keyof Words])[] = [
  ['a body that is not JSON', (path) => ({ path, body: '{"model":' }), 400, 'wrong'],
  ['a body without a word', (path, { model }) => ({ path, body: given({ model }) }), 400, 'wrong'],
  ['a body that is a list', (path) => ({ path, body: [] }), 400, 'wrong'],
  [
    'a model that is nowhere',
    (path, body) => ({
      path: path.replace('responses/some/model', 'nowhere/m'),
      body: { ...body, ...('model' in body && { model: 'nowhere/m' }) },
    }),
    404,
    'missing',
  ],
  ['a caller without a key', (path, body) => ({ path, body, key: null }), 401, 'stranger'],
  ['a key that nobody has', (path, body) => ({ path, body, key: 'nobody-has-this-key' }), 401, 'stranger'],
]

type Sends = (path: string, body: Wire) => { readonly path: string; readonly body: unknown; readonly key?: string | null }

interface Words {
  readonly wrong: RegExp
  readonly missing: RegExp
  readonly stranger: RegExp
}

const openAiWords: Words = {
  wrong: /^invalid_request_error /,
  missing: /^invalid_request_error model_not_found$/,
  stranger: /^authentication_error /,
}

const words: Readonly<Record<IngressName, Words>> = {
  responses: openAiWords,
  'chat-completions': openAiWords,
  messages: { wrong: /^invalid_request_error$/, missing: /^not_found_error$/, stranger: /^authentication_error$/ },
  'generate-content': { wrong: /^INVALID_ARGUMENT$/, missing: /^NOT_FOUND$/, stranger: /^UNAUTHENTICATED$/ },
}

const alone = pairs.filter(({ spoken }) => spoken === 'responses')

describe.each(alone.map((pair) => [`${pair.ingress} caller, ${pair.stream ? 'streamed' : 'plain'}`, pair] as const))(
  '%s',
  (_, { ingress, stream }) => {
    test.each(own)('%s is refused in the words of the caller', async (_, sends, status, kind) => {
      const caller = callers[ingress]
      const asks = caller.asks('responses/some/model', question, stream)
      const { path, body, key = keys.alice } = sends(asks.path, asks.body)
      const headers = key === null ? {} : caller.credential(key)
      const refused = await stage.gateway.call(path, { body, key: null, headers })
      expect(refused.status).toBe(status)
      expect(caller.readsError(wire(await refused.json())).name).toMatch(words[ingress][kind])
    })
  },
)

// All at once: a server looks for silence only now and then.
test('in every pair a stream that falls silent ends as a failure, behind what was said', async () => {
  await using hasty = await openStage({ streamIdleTimeout: 50 })
  const silent: Script = ({ path }, response) => {
    const actor = actors[spokenAt(path)]
    const { opening, content } = actor.streams(half)
    response.writeHead(200, { 'content-type': actor.streamType })
    for (const bytes of [...opening, ...content]) response.write(bytes)
  }
  const streamed = pairs.filter(({ stream }) => stream)
  const told = await Promise.all(
    streamed.map(async (pair) => {
      const given = await hasty.ask(pair, question, silent)
      return callers[pair.ingress].hears(await given.text())
    }),
  )
  const error = { name: expect.any(String) as unknown, message: expect.stringMatching(/fell silent/) as unknown }
  expect(told).toEqual(streamed.map(() => ({ said: half.said, error })))
  const rows = await hasty.gateway.ended(streamed.length)
  expect(rows).toEqual(
    streamed.map(() => expect.objectContaining({ outcome: 'failed', errorCode: 'upstream_timeout' }) as unknown),
  )
})

function spokenAt(path: string): SpokenName {
  if (path.includes('/models/')) return 'generate-content'
  if (path.includes('/model/')) return 'converse'
  if (path.endsWith('/messages')) return 'messages'
  return path.endsWith('/responses') ? 'responses' : 'chat-completions'
}
