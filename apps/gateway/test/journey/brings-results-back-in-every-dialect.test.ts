import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actors } from '../support/dialects/actors/actors.js'
import { callers } from '../support/dialects/callers/callers.js'
import { pairs, titleOf, type Pair } from '../support/dialects/pairs.js'
import type { Answer, Asked, Call, Question, Said, Word, SpokenName } from '../support/dialects/plain.js'
import { answer, asSeen, call, inOslo, inZurich, png, result, text, time, user, weather } from '../support/dialects/scenes.js'
import { answering, openStage, type Exchange, type Stage } from '../support/dialects/stage.js'

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const asked: Question = { words: [user('Weather and time?')], tools: [weather, time], effort: 'high', limit: 4000 }
const thought = 'Two cities, two tools.'
/** Opaque to everybody but its issuer: base64, as they all are. */
const token = 'ErUBCkYIBxgCIkDlwqGv+Zk4/7Xb1A=='
const shownThought = { type: 'reasoning', text: thought, token } as const
const hiddenThought = { type: 'reasoning', text: '', token, redacted: true } as const
const calling = [text('Let me see.'), inZurich, inOslo]
const called = answer([shownThought, ...calling])
const done = answer([text('Grey, and noon.')])

/** The question with what was told, and the results of the calls in it. */
function goingOn({ told }: Exchange): Question {
  const calls = told.said.filter((each): each is Call => each.type === 'call')
  const outputs = ['{"sky":"grey"}', 'noon']
  return { ...asked, words: [...asked.words, ...told.said, ...calls.map((each, place) => result(each, outputs[place] ?? ''))] }
}

const isReasoning = (word: Word): word is Extract<Said, { type: 'reasoning' }> => word.type === 'reasoning'

/** The words as an upstream knows them by its own ids: Google's calls have none. */
const known = (spoken: SpokenName, words: readonly Word[]): Word[] =>
  words.map((word) => {
    if (spoken !== 'generate-content' || !('id' in word)) return word
    const { id: _, ...rest } = word
    return rest
  })

const tokensOf = (words: readonly Word[]): string[] => words.filter(isReasoning).flatMap((each) => each.token ?? [])

const thoughts = [
  ['that is shown', shownThought],
  ['that shows nothing', hiddenThought],
] as const

describe.each(pairs.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  // Chat servers have no tokens.
  const issues = pair.spoken !== 'chat-completions'

  test.each(thoughts)('results go back behind their calls, and reasoning %s to whoever made it', async (_, reasoning) => {
    const first = await stage.exchange(pair, asked, answering(pair, answer(issues ? [reasoning, ...calling] : calling)))
    const second = await stage.exchange(pair, goingOn(first), answering(pair, done))
    expect(second.asked.words.filter((word) => !isReasoning(word))).toEqual(
      known(pair.spoken, [...asked.words, ...calling, result(inZurich, '{"sky":"grey"}'), result(inOslo, 'noon')]),
    )
    expect(tokensOf(second.asked.words)).toEqual(issues ? [token] : [])
    for (const each of second.asked.words.filter(isReasoning)) expect(['', thought]).toContain(each.text)
    expect(second.told).toMatchObject({ said: done.said, stop: 'end' })
  })

  test.each(thoughts)('reasoning %s goes back with the text that came of it', async (_, reasoning) => {
    const first = await stage.exchange(
      pair,
      asked,
      answering(pair, answer(issues ? [reasoning, text('Later.')] : [text('Later.')])),
    )
    const words = [...asked.words, ...first.told.said, user('When?')]
    const second = await stage.exchange(pair, { ...asked, words }, answering(pair, done))
    expect(second.asked.words.filter((word) => !isReasoning(word))).toEqual([...asked.words, text('Later.'), user('When?')])
    // Chat's callers have no place for it, and only calls are remembered for them. Google signs the text, as no other does.
    const finds = pair.ingress !== 'chat-completions' && (pair.spoken !== 'generate-content' || pair.ingress === pair.spoken)
    expect(tokensOf(second.asked.words)).toEqual(issues && finds ? [token] : [])
  })
})

/** Ids that some servers give, and others would refuse: of other characters, and so long that they cannot be written in others. */
const strange = ['functions.get_weather:0', `call/${'0123456789abcdef'.repeat(4)}`.slice(0, 64)]
const strangers = pairs.filter(({ spoken }) => spoken === 'responses' || spoken === 'chat-completions')

describe.each(strangers.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  test.each(strange)('a call by the id %s comes back by it', async (id) => {
    const odd = call(id, 'get_weather', { city: 'Oslo' })
    const question = { ...asked, effort: 'low' }
    const first = await stage.exchange(pair, question, answering(pair, answer([odd])))
    const told = first.told.said.find((each): each is Call => each.type === 'call')
    if (!told) throw new Error('Nothing was called.')
    const words = [...asked.words, told, result(told, 'Rain.')]
    const second = await stage.exchange(pair, { ...question, words }, answering(pair, done))
    // What cannot be written for Anthropic's callers goes by another id, and stays so.
    const back = pair.ingress === 'messages' && id.length === 64 ? { ...odd, id: told.id ?? '' } : odd
    expect(second.asked.words).toEqual([...asked.words, back, result(back, 'Rain.')])
  })
})

describe.each(pairs.filter(({ stream }) => !stream).map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  test.each(strange)('a call of a history by the id %s keeps its result', async (id) => {
    const odd = call(id, 'get_weather', { city: 'Oslo' })
    const words = [user('Weather?'), odd, result(odd, 'Rain.')]
    const { asked } = await stage.exchange(pair, { words, tools: [weather], limit: 900 }, answering(pair, done))
    const [, called, answered] = asked.words
    expect(asked.words).toHaveLength(3)
    expect(called).toMatchObject({ type: 'call', name: 'get_weather' })
    expect(answered).toMatchObject({ type: 'result', pieces: [{ type: 'text', text: 'Rain.' }] })
    const sent = called?.type === 'call' ? called.id : undefined
    expect(answered?.type === 'result' && answered.id).toBe(sent)
    // What a caller of the same language sends is its own affair.
    if ((pair.spoken === 'messages' && pair.ingress !== 'messages') || pair.spoken === 'converse')
      expect(sent).toMatch(/^[\w-]{1,64}$/)
    else expect(sent).toBe(id)
  })
})

const keeping = pairs.filter(({ ingress }) => ingress === 'responses')

describe.each(keeping.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  test('a kept response goes on with the results alone', async () => {
    const issues = pair.spoken !== 'chat-completions'
    const ask = async (body: object, given: Answer): Promise<{ id: string; asked: Asked }> => {
      const { path, body: first } = callers.responses.asks(`${pair.spoken}/some/model`, asked, pair.stream)
      const response = await stage.call(pair, path, { ...first, store: true, ...body }, answering(pair, given))
      const text = await response.text()
      expect(response.status, text).toBe(200)
      const [seen] = stage.seen.slice(-1)
      if (!seen) throw new Error('The upstream was not asked.')
      return { id: response.headers.get('x-weir-response-id') ?? '', asked: actors[pair.spoken].asked(seen) }
    }
    const { id } = await ask({}, called)
    const calls = pair.spoken === 'generate-content' ? await callIds(id) : [inZurich.id, inOslo.id]
    const input = calls.map((call_id, place) => ({ type: 'function_call_output', call_id, output: `result ${place}` }))
    const second = await ask({ previous_response_id: id, input }, done)
    expect(second.asked.words.filter((word) => !isReasoning(word))).toEqual(
      known(pair.spoken, [...asked.words, ...calling, result(inZurich, 'result 0'), result(inOslo, 'result 1')]),
    )
    expect(tokensOf(second.asked.words)).toEqual(issues ? [token] : [])
  })
})

/** The ids that the gateway gave to calls that came without. */
async function callIds(id: string): Promise<string[]> {
  const kept = await stage.gateway.call(`/v1/responses/${id}`)
  const { output } = (await kept.json()) as { output: { call_id?: string }[] }
  return output.flatMap((item) => item.call_id ?? [])
}

const plain = pairs.filter(({ stream }) => !stream)
const issuers = plain.filter(({ spoken }) => spoken !== 'chat-completions')

describe.each(issuers.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  test.each(
    plain
      .filter(({ ingress, spoken }) => ingress === pair.ingress && spoken !== pair.spoken)
      .map((other) => [other.spoken, other] as const),
  )('what it made of its reasoning never reaches a %s upstream, though the calls do', async (_, other) => {
    const first = await stage.exchange(pair, asked, answering(pair, called))
    const second = await stage.exchange(other, goingOn(first), answering(other, done))
    expect(second.seen.text).not.toContain(token)
    expect(second.seen.text).not.toContain('weir1.')
    const names = second.asked.words.flatMap((word) => (word.type === 'result' || word.type === 'call' ? [word.name] : []))
    expect(names).toEqual(['get_weather', 'get_time', 'get_weather', 'get_time'])
    expect(second.asked.words.flatMap((word) => (word.type === 'result' ? [word.pieces] : []))).toEqual([
      [{ type: 'text', text: '{"sky":"grey"}' }],
      [{ type: 'text', text: 'noon' }],
    ])
  })
})

/** Of no earlier test: what a call was thought of is remembered by its id. */
const pictured = call('call_pictured', 'get_weather', { city: 'Oslo' })
const image = { type: 'image', data: png } as const

/** Chat's results are text alone: what else they hold is what the user says next. */
const shown = ({ spoken }: Pair, words: readonly Word[]): Word[] =>
  spoken === 'chat-completions'
    ? [...words.slice(0, -1), result(pictured, 'A picture:'), user('From the result of call call_pictured:', image)]
    : [...words]

describe.each(plain.filter(({ ingress }) => ingress !== 'chat-completions').map((pair) => [titleOf(pair), pair] as const))(
  '%s',
  (_, pair) => {
    test('a result with an image is seen', async () => {
      const words = [user('Weather?'), pictured, result(pictured, 'A picture:', image)]
      const question = { words, tools: [weather], limit: 900 }
      const { asked } = await stage.exchange(pair, question, answering(pair, done))
      expect(asked).toEqual({ ...asSeen(pair, question), words: shown(pair, words) })
    })
  },
)

describe.each(plain.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  test('a result of a megabyte goes back to the letter', async () => {
    const long = 'ü🦀"\\\n\u0301x'.repeat(100_000)
    const words = [user('Weather?'), pictured, result(pictured, long)]
    const { asked } = await stage.exchange(pair, { words, tools: [weather], limit: 900 }, answering(pair, done))
    const [last] = asked.words.slice(-1)
    expect(last?.type === 'result' && last.pieces.map((piece) => piece.type === 'text' && piece.text === long)).toEqual([true])
  })
})
