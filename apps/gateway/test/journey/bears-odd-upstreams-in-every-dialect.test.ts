import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bytes } from '../support/dialects/actors/actor.js'
import { actors } from '../support/dialects/actors/actors.js'
import { callers } from '../support/dialects/callers/callers.js'
import { oddities } from '../support/dialects/oddities.js'
import { pairs, titleOf, type Pair } from '../support/dialects/pairs.js'
import { eventsOf, inPieces, wire, type Answer, type Call, type Question } from '../support/dialects/plain.js'
import { answer, asTold, call, result, text, time, user, weather } from '../support/dialects/scenes.js'
import { all, answering, openStage, type Stage } from '../support/dialects/stage.js'
import { json, type Script } from '../support/upstream.js'

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const question: Question = { words: [user('Go.')], tools: [weather, time], limit: 900 }
const streamed = pairs.filter(({ stream }) => stream)

/** Pieces of a stream of Responses number their events: anew, where some were put between them. */
function numbered(pieces: readonly Bytes[]): readonly Bytes[] {
  let number = 0
  return pieces.map((piece) =>
    typeof piece === 'string' ? piece.replace(/"sequence_number":\d+/, () => `"sequence_number":${number++}`) : piece,
  )
}

const writing =
  ({ spoken }: Pair, pieces: readonly Bytes[]): Script =>
  (_, response) => {
    response.writeHead(200, { 'content-type': actors[spoken].streamType })
    for (const bytes of numbered(pieces)) response.write(bytes)
    response.end()
  }

const said = answer([text('It is fine.')])

describe.each(pairs.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  const { ingress, spoken, stream } = pair
  const actor = actors[spoken]
  const apt = oddities[spoken].filter((oddity) => (stream ? oddity.stream : oddity.whole))

  test.each(apt.map((oddity) => [oddity.what, oddity] as const))(
    '%s of a new kind breaks nothing, and is shown to who knows it',
    async (_, oddity) => {
      const script: Script = stream
        ? writing(pair, oddity.stream?.(actor.streams(said)) ?? [])
        : (_, response) => json(response, oddity.whole?.(wire(actor.whole(said))))
      const given = await stage.ask(pair, question, script)
      const body = await given.text()
      expect(given.status, body).toBe(200)
      const { strange: __, ...told } = stream ? callers[ingress].hears(body) : callers[ingress].reads(wire(JSON.parse(body)))
      const own = oddity.what.includes('reason') && ingress === spoken ? 'strange' : undefined
      expect(told).toEqual({ ...asTold(pair, said), stop: own ?? oddity.stop?.[ingress] ?? 'end' })
      if (ingress === spoken) expect(body).toMatch(/hologram/i)
      const { losses } = await stage.row()
      expect(losses.length > 0).toBe(ingress !== spoken && oddity.declared === true)
      for (const { reason } of losses) expect(reason).toMatch(`Only the ${spoken} dialect knows this`)
    },
  )
})

const letters = (bytes: readonly Bytes[]): Bytes[] =>
  bytes.flatMap((piece) => Array.from(Buffer.from(piece), (byte) => Uint8Array.of(byte)))

/** A family with a joiner, a letter with its accent apart, a flag, a tone of skin. */
const knotty = 'a👩‍👩‍👧 e\u0301 🇨🇭 👍🏽 \u0000\u2028ß'

const long = JSON.stringify({ city: 'Zü"\\\n🦀'.repeat(12) })

const cuts: readonly (readonly [what: string, cut: (text: string) => readonly string[], given: Answer])[] = [
  ['in one piece', (whole) => [whole], answer([{ ...call('call_1', 'get_weather', {}), arguments: long }])],
  ['letter by letter', (whole) => inPieces(whole, 1), answer([{ ...call('call_1', 'get_weather', {}), arguments: long }])],
]

const two: readonly [Call, Call] = [call('call_1', 'get_weather', { city: 'Oslo' }), call('call_2', 'get_time', { city: 'Rome' })]

/** Two calls of as many pieces, which come by turns. */
function interleaved({ spoken }: Pair): readonly Bytes[] {
  const { opening, content, closing } = actors[spoken].streams(answer(two))
  const pieces = content.filter((bytes) => !String(bytes).startsWith('event: ping'))
  const half = pieces.length / 2
  expect(half).toBe(Math.floor(half))
  return [...opening, ...pieces.slice(0, half).flatMap((bytes, place) => [bytes, pieces[half + place] ?? '']), ...closing]
}

describe.each(streamed.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  test('a stream that comes byte by byte says the same', async () => {
    const given = answer([text(knotty), call('call_1', 'get_weather', { city: knotty })])
    const { told } = await stage.exchange(
      pair,
      question,
      writing(pair, letters(all(actors[pair.spoken].streams(given, (whole) => [whole])))),
    )
    expect(told).toEqual(asTold(pair, given))
  })

  test.each(cuts)('arguments that come %s are whole', async (_, cut, given) => {
    const { told } = await stage.exchange(pair, question, answering(pair, given, cut))
    expect(told).toEqual(asTold(pair, given))
  })

  test('text between calls stays between them', async () => {
    const given = answer([text('First.'), two[0], text(' Then.'), two[1], text(' Done.')], { stop: 'calls' })
    const { told } = await stage.exchange(pair, question, answering(pair, given))
    // Any call of a chat stream may go on until its end, and Google's callers are told of whole calls only.
    const late = pair.spoken === 'chat-completions' && pair.ingress === 'generate-content'
    const order = [...given.said.filter(({ type }) => type === 'text'), ...two]
    expect(told).toEqual(asTold(pair, late ? { ...given, said: order } : given))
  })
})

/** Google's calls come whole; Anthropic's callers want one block after the other, and so do its servers. */
const mixing = streamed.filter(
  ({ ingress, spoken }) => spoken !== 'generate-content' && !(ingress === 'messages' && spoken === 'messages'),
)

describe.each(mixing.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  test('calls whose pieces come by turns are told apart', async () => {
    const { told } = await stage.exchange(pair, question, writing(pair, interleaved(pair)))
    expect(told).toEqual(asTold(pair, answer(two)))
  })
})

/** A server that speaks as the caller does is told in full what it may call, and may be left to it. */
const held = pairs.filter(({ ingress, spoken }) => ingress !== spoken && ingress !== 'generate-content')

describe.each(held.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  test('a second call where one was asked for is held back', async () => {
    const { told } = await stage.exchange(pair, { ...question, choice: 'auto', serial: true }, answering(pair, answer(two)))
    expect(told).toEqual(asTold(pair, answer(two.slice(0, 1))))
  })

  test('a call where none was allowed is held back', async () => {
    const given = answer([text('Well.'), two[0]])
    const { told } = await stage.exchange(pair, { ...question, choice: 'none' }, answering(pair, given))
    expect(told).toEqual(asTold(pair, answer([text('Well.')])))
  })

  test('a call of another tool than the one that was forced is held back', async () => {
    const given = answer([two[0], two[1]])
    const { told } = await stage.exchange(pair, { ...question, choice: { name: 'get_time' } }, answering(pair, given))
    expect(told).toEqual(asTold(pair, answer([two[1]])))
  })
})

const noArguments = { ...call('call_1', 'get_time', {}), arguments: '' }

/** Elsewhere arguments are an object. */
const asText = pairs.filter(({ spoken }) => spoken === 'responses' || spoken === 'chat-completions')

describe.each(asText.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  test('arguments that are an empty text are none', async () => {
    const given = answer([noArguments])
    const { told } = await stage.exchange(pair, question, answering(pair, given))
    const empty = pair.ingress === 'responses' || pair.ingress === 'chat-completions' ? '' : '{}'
    expect(told).toEqual(asTold(pair, answer([{ ...noArguments, arguments: empty }])))
  })
})

const blocked = {
  promptFeedback: { blockReason: 'SAFETY' },
  usageMetadata: { promptTokenCount: 31, totalTokenCount: 31 },
  modelVersion: 'model',
}

describe.each(pairs.filter(({ spoken }) => spoken === 'generate-content').map((pair) => [titleOf(pair), pair] as const))(
  '%s',
  (_, pair) => {
    test('a prompt that Google blocks is an answer that was held back', async () => {
      const script: Script = pair.stream
        ? writing(pair, [`data: ${JSON.stringify(blocked)}\r\n\r\n`])
        : (_, response) => json(response, blocked)
      const given = await stage.ask(pair, question, script)
      const body = await given.text()
      expect(given.status, body).toBe(200)
      // Google's callers know it by the absence of candidates.
      if (pair.ingress === 'generate-content') return expect(body).toContain('"blockReason":"SAFETY"')
      const { hears, reads } = callers[pair.ingress]
      const told = pair.stream ? hears(body) : reads(wire(JSON.parse(body)))
      expect(told).toMatchObject({ said: [], stop: 'filter', spent: { input: 31 } })
    })

    test('calls of one tool keep their order and their results, though Google gives them no ids', async () => {
      const twice = [call('', 'get_time', { city: 'Oslo' }), call('', 'get_time', { city: 'Rome' })]
      const { told } = await stage.exchange(pair, question, answering(pair, answer(twice)))
      const calls = told.said.filter((each): each is Call => each.type === 'call')
      const words = [...question.words, ...calls, ...calls.map((each, place) => result(each, `result ${place}`))]
      const { asked } = await stage.exchange(pair, { ...question, words }, answering(pair, said))
      expect(asked.words.slice(1)).toEqual([
        ...twice.map(({ type, name, arguments: said }) => ({ type, name, arguments: said })),
        { type: 'result', name: 'get_time', pieces: [{ type: 'text', text: 'result 0' }] },
        { type: 'result', name: 'get_time', pieces: [{ type: 'text', text: 'result 1' }] },
      ])
    })
  },
)

/** Tools that only Responses knows. */
const rich = [
  { type: 'custom', name: 'free', description: 'Runs a line.' },
  {
    type: 'namespace',
    name: 'ns',
    description: 'Some.',
    tools: [{ type: 'function', name: 'g', parameters: { type: 'object', properties: {} } }],
  },
]

describe.each(
  pairs
    .filter(({ ingress, spoken }) => ingress === 'responses' && spoken !== ingress)
    .map((pair) => [titleOf(pair), pair] as const),
)('%s', (_, pair) => {
  test('calls of tools that the upstream does not know come back as what they are', async () => {
    const actor = actors[pair.spoken]
    const { path, body } = callers.responses.asks(`${pair.spoken}/some/model`, { words: [user('Go.')] }, pair.stream)
    const line = 'ls -l "Zürich"\n'
    const given = await stage.call(pair, path, { ...body, tools: rich }, (seen, response, number) => {
      const [free, inside] = actor.asked(seen).tools ?? []
      const calls = answer([call('call_1', free?.name ?? '', { input: line }), call('call_2', inside?.name ?? '', { a: 1 })])
      return answering(pair, calls)(seen, response, number)
    })
    const text = await given.text()
    expect(given.status, text).toBe(200)
    const last = pair.stream ? wire(JSON.parse(eventsOf(text).at(-2)?.data ?? ''))['response'] : JSON.parse(text)
    expect(wire(last)['output']).toMatchObject([
      { type: 'custom_tool_call', name: 'free', input: line },
      { type: 'function_call', namespace: 'ns', name: 'g', arguments: '{"a":1}' },
    ])
  })
})
