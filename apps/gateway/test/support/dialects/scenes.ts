// What is asked and answered in every pair of dialects, and what it amounts to in each of them.
import { expect } from 'vitest'
import type { Cut } from './actors/actor.js'
import type { Pair } from './pairs.js'
import {
  append,
  given,
  type Answer,
  type Call,
  type Piece,
  type Question,
  type Said,
  type Spent,
  type Tool,
  type Word,
  type SpokenName,
} from './plain.js'

/** One pixel. */
export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
/** A document without pages. */
const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n').toString('base64')

export const user = (...pieces: readonly (string | Piece)[]): Word => ({
  type: 'user',
  pieces: pieces.map((piece) => (typeof piece === 'string' ? { type: 'text', text: piece } : piece)),
})
export const text = (said: string): Said => ({ type: 'text', text: said })
export const call = (id: string, name: string, input: object): Call => ({
  type: 'call',
  id,
  name,
  arguments: JSON.stringify(input),
})
export const result = ({ id, name }: Call, ...pieces: readonly (string | Piece)[]): Word => ({
  type: 'result',
  ...given({ id }),
  name,
  pieces: pieces.map((piece) => (typeof piece === 'string' ? { type: 'text', text: piece } : piece)),
})

const spent: Spent = { input: 31, cached: 12, output: 17, reasoning: 0 }

/** An answer that ends by itself, or waits for the results of its calls. */
export const answer = (said: readonly Said[], more: Partial<Answer> = {}): Answer => ({
  said,
  stop: said.some(({ type }) => type === 'call') ? 'calls' : 'end',
  spent,
  ...more,
})

const place = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false }

export const weather: Tool = { name: 'get_weather', description: 'The weather of a city.', parameters: place }
export const time: Tool = { name: 'get_time', description: 'The time in a city.', parameters: place }

export const inZurich = call('call_Zq81', 'get_weather', { city: 'Zürich' })
export const inOslo = call('call_Xw72', 'get_time', { city: 'Oslo' })

const ask = (question: Partial<Question>): Question => ({ words: [user('Hello')], limit: 900, ...question })

export interface Scene {
  readonly what: string
  readonly question: Question
  readonly answer: Answer | ((spoken: SpokenName) => Answer)
  /** How a stream cuts its texts. */
  readonly cut?: Cut
}

const isOpenAi = (dialect: SpokenName): boolean => dialect === 'responses' || dialect === 'chat-completions'

export const scenes: readonly Scene[] = [
  { what: 'a text', question: ask({}), answer: answer([text('Grüezi – 日本語 👩🏽‍🚀 e\u0301!')]) },
  { what: 'an answer that says nothing', question: ask({}), answer: answer([]) },
  {
    what: 'a megabyte in a word',
    question: ask({}),
    answer: answer([text('ü🦀"\\\n'.repeat(130_000))]),
    cut: (whole) => [whole],
  },
  {
    what: 'two messages of the user in a row',
    question: ask({ words: [user('First this.'), user('Then that.')] }),
    answer: answer([text('Both.')]),
  },
  {
    what: 'a conversation of several turns, under instructions',
    question: ask({
      system: 'Be brief.\n\nAnd kind.',
      words: [user('One?'), text('One.'), user('Two?'), text('Two.'), user('And "three"?')],
    }),
    answer: answer([text('Three, \\ and\nfour.')]),
  },
  {
    what: 'a call of a tool',
    question: ask({ tools: [weather, time], choice: 'auto' }),
    answer: answer([inZurich]),
  },
  {
    what: 'parallel calls behind a text',
    question: ask({ tools: [weather, time] }),
    answer: answer([text('Let me see.'), inZurich, inOslo]),
  },
  {
    what: 'a call without arguments',
    question: ask({ tools: [{ name: 'now', description: 'The time.', parameters: { type: 'object', properties: {} } }] }),
    answer: answer([call('call_empty', 'now', {})]),
  },
  {
    what: 'a forced tool',
    question: ask({ tools: [weather, time], choice: { name: 'get_time' } }),
    answer: answer([inOslo]),
  },
  {
    what: 'a call of whatever tool, that must come',
    question: ask({ tools: [weather, time], choice: 'required' }),
    answer: answer([inOslo]),
  },
  {
    what: 'tools that are not to be called',
    question: ask({ tools: [weather], choice: 'none', temperature: 0.5 }),
    answer: answer([text('I would have to look.')]),
  },
  {
    what: 'one call at a time',
    question: ask({ tools: [weather, time], choice: 'auto', serial: true }),
    answer: answer([inOslo]),
  },
  {
    what: 'a refusal of an earlier turn',
    question: ask({ words: [user('How?'), { type: 'refusal', text: 'I cannot say.' }, user('Why not?')] }),
    answer: answer([text('Because.')]),
  },
  {
    what: 'results of calls of earlier turns',
    question: ask({
      tools: [weather, time],
      words: [
        user('Weather and time?'),
        text('Let me see.'),
        inZurich,
        inOslo,
        result(inZurich, '{"degrees":7,"sky":"grey"}'),
        result(inOslo, 'noon\n'),
        text('Grey, and noon.'),
        user('Thanks. And now?'),
        call('call_3', 'get_time', { city: 'Rome' }),
        result(call('call_3', 'get_time', {}), 'late'),
      ],
    }),
    answer: answer([text('It is late.')]),
  },
  {
    what: 'an answer to a schema',
    question: ask({ schema: { ...place, properties: { city: { type: 'string', enum: ['Zürich', 'Oslo'] } } } }),
    answer: answer([text('{"city":"Oslo"}')]),
  },
  {
    what: 'reasoning before a text',
    question: ask({ effort: 'low', limit: 4000 }),
    answer: answer([{ type: 'reasoning', text: 'They greet. I greet back.' }, text('Hello!')], {
      spent: { ...spent, reasoning: 5 },
    }),
  },
  {
    what: 'reasoning before a call',
    question: ask({ effort: 'high', tools: [weather], limit: 4000 }),
    answer: answer([{ type: 'reasoning', text: 'I have to look.' }, text('One moment.'), inZurich], {
      spent: { ...spent, reasoning: 5 },
    }),
  },
  {
    what: 'images between texts',
    question: ask({ words: [user('This', { type: 'image', data: png }, 'or this', { type: 'image', data: png }, '?')] }),
    answer: answer([text('A pixel.')]),
  },
  {
    what: 'a file and its name',
    question: ask({ words: [user('Read this:', { type: 'file', data: pdf, name: 'report-7.pdf' })] }),
    answer: answer([text('It is empty.')]),
  },
  {
    what: 'an answer that stops at its limit',
    question: ask({ limit: 16 }),
    answer: answer([text('Once upon a')], { stop: 'length' }),
  },
  {
    what: 'an answer that is held back',
    question: ask({}),
    answer: answer([text('To do that you')], { stop: 'filter' }),
  },
  {
    what: 'a refusal',
    question: ask({}),
    // Others than OpenAI refuse by the reason of the stop alone.
    answer: (spoken) =>
      isOpenAi(spoken) ? answer([{ type: 'refusal', text: 'I cannot help with that.' }]) : answer([], { stop: 'filter' }),
  },
]

/** What an upstream should be asked. */
export function asSeen({ ingress, spoken, stream }: Pair, question: Question): object {
  const google = ingress === 'generate-content' || spoken === 'generate-content'
  const { effort, serial, words, tools, choice, ...rest } = question
  // Bedrock cannot forbid calls.
  const withheld = spoken === 'converse' && choice === 'none'
  const said = isOpenAi(ingress) && isOpenAi(spoken) ? words : words.map(spokenOut)
  return given({
    ...rest,
    model: 'some/model',
    stream,
    words: inOne(google ? said.map((word) => renamed(word, spoken === 'converse' ? 'document.pdf' : undefined)) : said),
    tools: withheld ? undefined : tools,
    choice: withheld ? undefined : choice,
    // The account knows no words in which a model of Bedrock would be told.
    effort: spoken === 'converse' ? undefined : effort,
    serial: google || spoken === 'converse' ? undefined : serial,
  })
}

/** What a user says in a row is one message in some languages and several in others: it means the same. */
export function inOne(words: readonly Word[]): Word[] {
  const joined: Word[] = []
  for (const word of words) {
    const last = joined.at(-1)
    if (word.type === 'user' && last?.type === 'user')
      joined[joined.length - 1] = { ...last, pieces: [...last.pieces, ...word.pieces] }
    else joined.push(word)
  }
  return joined
}

/** Only OpenAI tells a refusal from other texts. */
const spokenOut = (word: Word): Word => (word.type === 'refusal' ? { type: 'text', text: word.text } : word)

/** What is lost on the way: the paths that the ledger has. */
export function asLost({ ingress, spoken }: Pair, { words, effort, schema, serial, tools, choice }: Question): string[] {
  if (ingress === spoken) return []
  const from = { messages: ingress === 'messages', google: ingress === 'generate-content' }
  const to = { chat: spoken === 'chat-completions', google: spoken === 'generate-content', bedrock: spoken === 'converse' }
  const thinks = effort !== undefined
  const refusal = words.findIndex(({ type }) => type === 'refusal')
  const row = words.findIndex(({ type }, place) => type === 'user' && words[place - 1]?.type === 'user')
  const lost: readonly (readonly [boolean, string])[] = [
    [row >= 0 && isOpenAi(ingress) && to.bedrock, `items[${row}]`],
    [
      to.google && words.some((word) => word.type === 'user' && word.pieces.some(({ type }) => type === 'file')),
      'items[0].content[1].filename',
    ],
    [refusal >= 0 && isOpenAi(ingress) && !isOpenAi(spoken), `items[${refusal}].content[0]`],
    [thinks && to.bedrock, 'reasoning.effort'],
    [thinks && from.messages, 'reasoning.extras.messages.thinking'],
    [thinks && from.google && (to.chat || to.bedrock), 'reasoning.summary'],
    [thinks && ingress === 'responses' && to.chat, 'include[0]'],
    [schema !== undefined && from.google && spoken === 'messages', 'format.strict'],
    [serial === true && !from.google && (to.google || to.bedrock), 'parallelToolCalls'],
    [tools !== undefined && choice === 'none' && to.bedrock, 'tools'],
  ]
  return lost.flatMap(([is, path]) => (is ? [path] : [])).toSorted()
}

/** Google's files have no names. Bedrock's must have one. */
const renamed = (word: Word, name: string | undefined): Word =>
  word.type === 'user'
    ? { ...word, pieces: word.pieces.map(({ ...piece }) => (piece.type === 'file' ? given({ ...piece, name }) : piece)) }
    : word

/** What a caller should be told. */
export function asTold({ ingress, spoken }: Pair, { said, stop, spent }: Answer): object {
  const refuses = said.some(({ type }) => type === 'refusal')
  return {
    said: mergedFor(ingress, said).map((each) => told(ingress, spoken, each)),
    // Anthropic's callers are told of a refusal by the reason.
    stop: refuses && ingress === 'messages' ? 'filter' : stop,
    // Bedrock counts reasoning as any other output.
    spent: spoken === 'converse' ? { ...spent, reasoning: 0 } : spent,
  }
}

function told(ingress: SpokenName, spoken: SpokenName, said: Said): unknown {
  if (said.type === 'refusal' && !isOpenAi(ingress)) return { type: 'text', text: said.text }
  if (said.type !== 'call' || spoken !== 'generate-content') return said
  // Google's calls have no ids. Only its own callers can do without.
  const { id: _, ...rest } = said
  return ingress === 'generate-content' ? rest : { ...rest, id: expect.stringMatching(/^\w{3,64}$/) as unknown }
}

/** Texts that follow each other are one; a chat message holds one text, before its calls. */
function mergedFor(ingress: SpokenName, said: readonly Said[]): Said[] {
  const merged: Said[] = []
  for (const each of ingress === 'chat-completions' ? said.filter(({ type }) => type !== 'call') : said)
    if (each.type === 'call' || each.type === 'reasoning') merged.push(each)
    else append(merged, each)
  return ingress === 'chat-completions' ? [...merged, ...said.filter(({ type }) => type === 'call')] : merged
}
