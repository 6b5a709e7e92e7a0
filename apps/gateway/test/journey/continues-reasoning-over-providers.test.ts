import type { responses } from '@weir/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { messageItem, responseOf } from '../support/scripted.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { bringerNames, bringers } from '../support/bringers.js'
import { wire, type IngressName, type Wire } from '../support/dialects/plain.js'
import { spokenAt, thinkerNames, thinkers, thinks, tokensOf, type Thinker, type ThinkerName } from '../support/thinkers.js'
import { json, startUpstream, type Seen, type Upstream } from '../support/upstream.js'

let upstream: Upstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startUpstream(thinks)
  const accounts = thinkerNames.map((name) => [name, { ...thinkers[name], baseURL: upstream.url, dialect: name }])
  gateway = await startGateway({ accounts: Object.fromEntries(accounts) })
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const modelOf = (name: ThinkerName): string => `${name}/${thinkers[name].model}`

/** What the upstream was asked, and the answer with the id under which it is kept. */
async function ask(ingress: IngressName, model: string, body: Wire): Promise<{ seen: Seen; answer: Wire; kept: string }> {
  const before = upstream.seen.length
  const given = await gateway.call(bringers[ingress].path(model), { body })
  const answer = (await given.json()) as Wire
  expect(given.status, JSON.stringify(answer)).toBe(200)
  const [seen] = upstream.seen.slice(before)
  if (!seen) throw new Error('The upstream was not asked.')
  return { seen, answer, kept: given.headers.get('x-weir-response-id') ?? '' }
}

async function outputsOf(id: string): Promise<object[]> {
  const kept = (await (await gateway.call(`/v1/responses/${id}`)).json()) as responses.ResponseObject
  return kept.output.flatMap((item) =>
    item.type === 'function_call' ? [{ type: 'function_call_output', call_id: item.call_id, output: 'Grey.' }] : [],
  )
}

const tools = bringers.responses.asks('')['tools']

describe.each(thinkerNames)('a conversation with a model that speaks %s', (spoken) => {
  const thinker: Thinker = thinkers[spoken]
  const model = modelOf(spoken)
  const elsewhere = modelOf(spoken === 'messages' ? 'converse' : 'messages')

  // Without a state of their own the others begin what a caller of Responses goes on with.
  test.each(bringerNames)('that was begun in %s goes on with its reasoning, and elsewhere without, and back', async (ingress) => {
    const { include: _, ...asks } = bringers[ingress].asks(model)
    const first = await ask(ingress, model, { ...asks, store: true })
    expect(first.kept).toMatch(/^resp_/)
    const input = await outputsOf(first.kept)
    expect(input).toHaveLength(2)

    const goesOn = { model, tools, input, previous_response_id: first.kept }
    expect(thinker.turn((await ask('responses', model, goesOn)).seen.body)).toEqual(thinker.given)

    const away = await ask('responses', elsewhere, { ...goesOn, model: elsewhere })
    for (const token of tokensOf(thinker)) expect(away.seen.text).not.toContain(token)
    expect(away.seen.text).not.toContain('weir1.')

    const back = { model, tools, input: 'And now?', previous_response_id: away.kept }
    expect(thinker.turn((await ask('responses', model, back)).seen.body)).toEqual(thinker.given)
  })

  test('shows its tokens to whoever asks, and keeps them where they belong all the same', async () => {
    const first = await ask('responses', model, { ...bringers.responses.asks(model), store: true })
    const tagged = JSON.stringify(first.answer).match(/"encrypted_content":"weir1\./g) ?? []
    expect(tagged).toHaveLength(tokensOf(thinker).length)
    const goesOn = { model, tools, input: await outputsOf(first.kept), previous_response_id: first.kept }
    expect(thinker.turn((await ask('responses', model, goesOn)).seen.body)).toEqual(thinker.given)
  })

  test('forgets its reasoning with the response', async () => {
    const asks = bringers['chat-completions'].asks(model)
    const first = await ask('chat-completions', model, { ...asks, store: true })
    const next = bringers['chat-completions'].brings(asks, first.answer)
    expect(thinker.turn((await ask('chat-completions', model, next)).seen.body)).toEqual(thinker.given)
    expect((await gateway.call(`/v1/responses/${first.kept}`, { method: 'DELETE' })).status).toBe(200)
    expect(thinker.turn((await ask('chat-completions', model, next)).seen.body)).toEqual(thinker.bare)
  })
})

const hour = 60 * 60 * 1000

test('what is kept in no store is remembered for a day after its last use', async () => {
  let now = Date.UTC(2026, 0, 1)
  await using own = await startUpstream(thinks)
  const accounts = { messages: { ...thinkers.messages, baseURL: own.url } }
  await using clocked = await startGateway({ accounts, clock: { now: () => now } })
  const { asks, brings, path } = bringers['chat-completions']
  const model = modelOf('messages')
  const given = await clocked.call(path(model), { body: asks(model) })
  const next = brings(asks(model), (await given.json()) as Wire)
  const turnAfter = async (hours: number): Promise<unknown> => {
    now += hours * hour
    expect((await clocked.call(path(model), { body: next })).status).toBe(200)
    return thinkers.messages.turn(own.seen.at(-1)?.body ?? {})
  }
  expect(await turnAfter(23)).toEqual(thinkers.messages.given)
  expect(await turnAfter(23)).toEqual(thinkers.messages.given)
  expect(await turnAfter(26)).toEqual(thinkers.messages.bare)
})

test('what belongs to a call is found by its id, which a caller may know in a form of its own language', async () => {
  const callId = 'functions.look:0'
  const reasoning = { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'gAAA.odd+/==' }
  const call = { type: 'function_call', id: 'fc_1', call_id: callId, name: 'look', arguments: '{}', status: 'completed' }
  await using openai = await startUpstream(({ text }, response) =>
    json(response, responseOf(text.includes('function_call_output') ? [messageItem('Grey.')] : [reasoning, call])),
  )
  const accounts = { openai: { provider: 'openai', baseURL: openai.url } }
  await using other = await startGateway({ accounts })
  const { asks, brings, drops, path } = bringers.messages
  const body = asks('openai/gpt-5')
  const answer = wire(await (await other.call(path(''), { body })).json())
  expect(JSON.stringify(answer)).not.toContain(callId)
  expect((await other.call(path(''), { body: brings(body, drops(answer)) })).status).toBe(200)
  expect(openai.seen[1]?.body['input']).toMatchObject([
    { role: 'user' },
    reasoning,
    { type: 'function_call', call_id: callId },
    { type: 'function_call_output', call_id: callId },
  ])
})

test('a signature on a text goes back on that text', async () => {
  const parts = [{ text: 'Grey.', thoughtSignature: 'CiQBtext+/==' }]
  await using google = await startUpstream((request, response) => {
    expect(spokenAt(request)).toBe('generate-content')
    json(response, { candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 }] })
  })
  const accounts = { google: { provider: 'google-gemini', baseURL: google.url } }
  await using other = await startGateway({ accounts })
  for (const include of [[], ['reasoning.encrypted_content']]) {
    const asks = { model: 'google/gemini-3-pro', input: 'Sky?', include }
    const { id } = (await (await other.call('/v1/responses', { body: asks })).json()) as { id: string }
    const next = await other.call('/v1/responses', { body: { ...asks, input: 'Sure?', previous_response_id: id } })
    expect(next.status).toBe(200)
    expect(google.seen.at(-1)?.body['contents']).toEqual([
      { role: 'user', parts: [{ text: 'Sky?' }] },
      { role: 'model', parts },
      { role: 'user', parts: [{ text: 'Sure?' }] },
    ])
  }
})
