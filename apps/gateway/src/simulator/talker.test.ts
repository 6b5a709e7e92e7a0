import { GatewayError } from '@weir/contracts'
import { fold, type Event, type Generated, type Generation, type Item, type Tool } from '@weir/dialects'
import { expect, test } from 'vitest'
import { introduction, plan } from './plan.js'
import type { Wait } from './step.js'
import { talk } from './talker.js'
import { loadTokenizer } from '../tokens/tokenizer.js'

const tokenizer = await loadTokenizer()

const user = (text: string): Item => ({ type: 'message', role: 'user', content: [{ type: 'text', text }] })
const weather: Tool = {
  type: 'function',
  name: 'get_weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const note: Tool = { type: 'custom', name: 'take_note' }

function utterances(asked: Partial<Generation> = {}): (Event | Wait)[] {
  const whole: Generation = { model: 'talker', items: [user('Hello there')], sampling: {}, stream: true, state: {}, ...asked }
  let ids = 0
  const voice = {
    dialect: 'responses',
    tokenizer,
    id: 'resp_1',
    createdAt: 1,
    mint: (kind: string) => `${kind}${ids++}`,
  } as const
  return [...talk(whole, plan(whole), voice)]
}

const answer = (asked?: Partial<Generation>): Generated =>
  fold(utterances(asked).filter((one): one is Event => one.type !== 'wait'))
const script = (steps: unknown): Partial<Generation> => ({ state: { metadata: { simulator_script: JSON.stringify(steps) } } })

function said({ items }: Generated): string {
  return items
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => ('text' in part ? part.text : ''))
    .join('')
}

const kindsOf = ({ items }: Generated): string[] => items.map(({ type }) => type)

test('says that it is no model, and repeats the last user input', () => {
  const given = answer({
    items: [user('First'), { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Yes?' }] }, user('Second')],
  })
  expect(said(given)).toBe(`${introduction}\n\nYou said: Second`)
  expect(given.outcome).toEqual({ status: 'completed' })
  expect(introduction).toContain('not a model')
})

test('gives the same events for the same request', () => {
  const asked = { tools: [weather], reasoning: { effort: 'high', summary: 'auto' } }
  expect(utterances(asked)).toEqual(utterances(asked))
})

test('streams word by word what its items hold in the end', () => {
  const events = utterances({ items: [user('A 日本語 sentence with 😀, and\n\n two paragraphs.')] })
  const deltas = events.filter((event) => event.type === 'text-delta')
  const ended = events.find((event) => event.type === 'item-end')
  expect(deltas.length).toBeGreaterThan(20)
  expect(ended?.end).toMatchObject({
    content: [{ type: 'text', text: deltas.map((delta) => delta.text).join('') }],
    status: 'completed',
  })
  expect(events.at(-2)?.type).toBe('usage')
  expect(events.at(-1)?.type).toBe('turn-end')
})

test('counts what it reads and what it says', () => {
  const given = answer()
  expect(given.usage).toEqual({
    input: tokenizer.count('Hello there'),
    cacheRead: 0,
    cacheWrite: 0,
    output: tokenizer.count(said(given)),
    reasoning: 0,
  })
  expect(answer({ instructions: 'Be brief.', tools: [weather], toolChoice: { type: 'none' } }).usage?.input).toBeGreaterThan(
    given.usage?.input ?? Infinity,
  )
})

test.each([1, 7, 16, 25])('stops after exactly %i tokens when no more are allowed', (maxOutputTokens) => {
  const given = answer({ sampling: { maxOutputTokens } })
  expect(given.outcome).toEqual({ status: 'incomplete', reason: 'max_output_tokens' })
  expect(given.usage?.output).toBe(maxOutputTokens)
  expect(given.items[0]).toMatchObject({ type: 'message', status: 'incomplete' })
  expect(introduction.startsWith(said(given)) || said(given).startsWith(introduction.slice(0, 40))).toBe(true)
})

test('completes an answer that fits its allowance to the token', () => {
  const { usage } = answer()
  expect(answer({ sampling: { maxOutputTokens: usage?.output ?? 0 } }).outcome).toEqual({ status: 'completed' })
})

test('reasoning takes from the same allowance', () => {
  const given = answer({ sampling: { maxOutputTokens: 5 }, reasoning: { effort: 'low' } })
  expect(kindsOf(given)).toEqual(['reasoning'])
  expect(given.usage).toMatchObject({ output: 0, reasoning: 5 })
})

test('stops before a stop sequence', () => {
  const given = answer({ sampling: { stop: ['absent', 'You said'] } })
  expect(said(given)).toBe(`${introduction}\n\n`)
  expect(given.outcome).toEqual({ status: 'completed' })
})

test('calls the first tool that is offered, with arguments that fit', () => {
  const given = answer({ tools: [weather, note], parallelToolCalls: true })
  expect(given.items).toMatchObject([
    { type: 'tool-call', kind: 'function', name: 'get_weather', arguments: '{"city":"simulated"}' },
  ])
  expect(given.usage?.output).toBe(tokenizer.count('{"city":"simulated"}'))
})

test('answers in words once a tool has answered', () => {
  const items: Item[] = [
    user('Weather?'),
    { type: 'tool-call', kind: 'function', name: 'get_weather', callId: 'c', arguments: '{}' },
    { type: 'tool-result', kind: 'function', callId: 'c', output: '21 degrees' },
  ]
  const given = answer({ items, tools: [weather] })
  expect(kindsOf(given)).toEqual(['message'])
  expect(said(given)).toContain('You said: Weather?')
  expect(said(given)).toContain('A tool answered: 21 degrees')
  expect(kindsOf(answer({ items, tools: [weather], toolChoice: { type: 'required' } }))).toEqual(['tool-call'])
})

test.each<[string, Generation['toolChoice'], string[]]>([
  ['none', { type: 'none' }, []],
  ['required', { type: 'required' }, ['get_weather']],
  ['a named tool', { type: 'tool', kind: 'custom', name: 'take_note' }, ['take_note']],
  ['an allowed tool', { type: 'allowed', mode: 'auto', tools: [{ type: 'custom', name: 'take_note' }] }, ['take_note']],
])('honours a tool choice of %s', (_, toolChoice, names) => {
  const given = answer({ tools: [weather, note], ...(toolChoice && { toolChoice }) })
  expect(given.items.flatMap((item) => (item.type === 'tool-call' ? [item.name] : []))).toEqual(names)
})

test('rejects the choice of a tool that is not offered', () => {
  expect(() => answer({ tools: [weather], toolChoice: { type: 'tool', kind: 'function', name: 'absent' } })).toThrow(GatewayError)
})

test('gives a custom tool a text, and a tool of a namespace its namespace', () => {
  expect(answer({ tools: [note] }).items).toMatchObject([{ kind: 'custom', arguments: 'A simulated input for take_note.' }])
  expect(answer({ tools: [{ type: 'namespace', name: 'home', tools: [weather] }] }).items).toMatchObject([
    { namespace: 'home', name: 'get_weather' },
  ])
})

test('fills a schema that the answer must follow', () => {
  const schema = { type: 'object', properties: { age: { type: 'integer', minimum: 18 } }, required: ['age'] }
  expect(said(answer({ format: { type: 'json-schema', name: 'person', schema } }))).toBe('{"age":18}')
  expect(JSON.parse(said(answer({ format: { type: 'json' } })))).toEqual({ simulator: introduction, input: 'Hello there' })
})

test('reasons when effort is asked, in a summary when that is asked', () => {
  expect(answer({ reasoning: { effort: 'low' } }).items[0]).toMatchObject({
    type: 'reasoning',
    summary: [],
    content: [expect.any(String)],
  })
  const summed = answer({ reasoning: { effort: 'low', summary: 'auto' }, include: ['reasoning.encrypted_content'] })
  expect(summed.items[0]).toMatchObject({ type: 'reasoning', summary: [expect.any(String)], replay: { dialect: 'responses' } })
  expect(summed.items[0]).not.toHaveProperty('content')
  expect(summed.usage?.reasoning).toBeGreaterThan(0)
  expect(kindsOf(answer({ reasoning: { effort: 'none' } }))).toEqual(['message'])
})

test('gives a log probability for each token, and as many alternatives as asked', () => {
  const given = answer({ sampling: { logprobs: true, topLogprobs: 2 } })
  const [message] = given.items
  const logprobs = message?.type === 'message' && message.content[0]?.type === 'text' ? (message.content[0].logprobs ?? []) : []
  expect(logprobs).toHaveLength(given.usage?.output ?? 0)
  expect(logprobs.every(({ logprob, top_logprobs }) => logprob < 0 && top_logprobs?.length === 2)).toBe(true)
})

test('says what it saw beside text', () => {
  const content = [
    { type: 'image', url: 'data:image/png;base64,AA==' },
    { type: 'image', fileId: 'f' },
    { type: 'file', fileId: 'g' },
  ] as const
  const saw = said(answer({ items: [{ type: 'message', role: 'user', content }] }))
  expect(saw).toContain('2 images and 1 file')
  expect(saw).toContain('There was no text from a user.')
})

test('gives as many alternatives as asked', () => {
  const given = answer({ sampling: { choices: 3 } })
  expect(given.items.map(({ choice }) => choice ?? 0)).toEqual([0, 1, 2])
  expect(given.outcome).toMatchObject({
    status: 'completed',
    choices: [{ status: 'completed' }, { status: 'completed' }, { status: 'completed' }],
  })
})

test('follows a script', () => {
  const given = answer({
    tools: [weather],
    ...script([
      { reason: 'Hm.' },
      { say: 'One, ' },
      { wait_ms: 5 },
      { say: 'two.' },
      { refuse: 'No more.' },
      { call: 'get_weather', arguments: { city: 'Oslo' } },
      { call: 'get_weather' },
      { end: 'content_filter' },
      { say: 'Never said.' },
    ]),
  })
  expect(given.items).toMatchObject([
    { type: 'reasoning', content: ['Hm.'] },
    { type: 'message', content: [{ text: 'One, two.' }, { refusal: 'No more.' }] },
    { type: 'tool-call', arguments: '{"city":"Oslo"}' },
    { type: 'tool-call', arguments: '{"city":"simulated"}' },
  ])
  expect(given.outcome).toEqual({ status: 'incomplete', reason: 'content_filter' })
  expect(utterances(script([{ say: 'a' }, { wait_ms: 5 }])).some((one) => one.type === 'wait' && one.milliseconds === 5)).toBe(
    true,
  )
  expect(answer(script([{ say: 'a' }, { fail: 'overloaded' }])).outcome).toMatchObject({
    status: 'failed',
    failure: { kind: 'overloaded' },
  })
})

test.each([
  ['{', 'is not valid JSON'],
  ['{}', 'must be an array'],
  ['[{"sing":"la"}]', 'step 0'],
  ['[{"say":"a"},{"say":1}]', 'step 1'],
  ['[{"say":"a","end":"b"}]', 'one verb'],
  ['[{"fail":"cut"}]', 'rate-limited'],
  ['[{"wait_ms":1e9}]', '60000'],
  ['[null]', 'step 0'],
])('rejects the script %s', (simulator_script, message) => {
  expect(() => answer({ state: { metadata: { simulator_script } } })).toThrow(message)
})

test('cuts no character in two', () => {
  const beginnings = Array.from({ length: 12 }, (_, less) =>
    said(answer({ ...script([{ say: '🏴‍☠️🧿🪬 𓀀𓀁' }]), sampling: { maxOutputTokens: less + 1 } })),
  )
  for (const one of beginnings) expect('🏴‍☠️🧿🪬 𓀀𓀁'.startsWith(one)).toBe(true)
})

test('repeats a run without a space in time that does not explode', () => {
  const long = '日本'.repeat(10_000)
  const start = performance.now()
  expect(said(answer({ items: [user(long)] }))).toContain(long)
  expect(performance.now() - start).toBeLessThan(2_000)
})

test('takes the names of special tokens for text', () => {
  expect(said(answer({ items: [user('<|endoftext|>')] }))).toContain('<|endoftext|>')
})

test('counts a huge input by proportion, in bounded time', () => {
  const one = tokenizer.count('All work and no play. '.repeat(100)) / 100
  const start = performance.now()
  const given = answer({
    items: Array.from({ length: 20 }, () => user('All work and no play. '.repeat(20_000))),
    sampling: { maxOutputTokens: 9 },
  })
  expect(performance.now() - start).toBeLessThan(1_000)
  expect((given.usage?.input ?? 0) / (one * 400_000)).toBeCloseTo(1, 1)
})

test('refuses more alternatives than anyone needs', () => {
  expect(() => answer({ sampling: { choices: 1e9 } })).toThrow('at most 128')
})

test('refuses more texts to stop at than anyone needs', () => {
  expect(() => answer({ sampling: { stop: Array.from({ length: 65 }, (_, place) => `stop ${place}`) } })).toThrow('at most 64')
})
