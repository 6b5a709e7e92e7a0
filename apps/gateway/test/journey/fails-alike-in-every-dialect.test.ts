import type { ServerResponse } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { complaints, patience } from '../support/dialects/actors/actor.js'
import { actors } from '../support/dialects/actors/actors.js'
import { callers } from '../support/dialects/callers/callers.js'
import { pairs, titleOf } from '../support/dialects/pairs.js'
import { wire, type Failing } from '../support/dialects/plain.js'
import { answer, call, text, user, weather } from '../support/dialects/scenes.js'
import { openStage, type Stage } from '../support/dialects/stage.js'
import { moment } from '../support/moment.js'
import { json } from '../support/upstream.js'

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const question = { words: [user('Speak.')], tools: [weather], limit: 900 }
const half = answer([text('Once upon a time')])

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
