import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairs, titleOf, type Pair } from '../support/dialects/pairs.js'
import type { Call, Question, Said, Word, SpokenName } from '../support/dialects/plain.js'
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
const called = answer([{ type: 'reasoning', text: thought, token }, text('Let me see.'), inZurich, inOslo])
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

describe.each(pairs.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  test('results go back behind their calls, and reasoning to whoever made it', async () => {
    const first = await stage.exchange(pair, asked, answering(pair, called))
    const second = await stage.exchange(pair, goingOn(first), answering(pair, done))
    expect(second.asked.words.filter((word) => !isReasoning(word))).toEqual(
      known(pair.spoken, [
        ...asked.words,
        text('Let me see.'),
        inZurich,
        inOslo,
        result(inZurich, '{"sky":"grey"}'),
        result(inOslo, 'noon'),
      ]),
    )
    const reasoned = second.asked.words.filter(isReasoning)
    // Chat has no place for a token.
    expect(reasoned.flatMap((each) => each.token ?? [])).toEqual(pair.spoken === 'chat-completions' ? [] : [token])
    for (const each of reasoned) expect(['', thought]).toContain(each.text)
    expect(second.told).toMatchObject({ said: done.said, stop: 'end' })
  })
})

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
