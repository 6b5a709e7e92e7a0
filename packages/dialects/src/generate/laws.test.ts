// The laws of the canonical form (ARCHITECTURE.md), over every dialect and every fixture in its folder. A new dialect is one more entry here.
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answering, Dialect, DialectName, IngressFace, SseFrame, Target } from '../dialect.js'
import { encodeAwsEventStream } from '../framing/aws-event-stream.js'
import { decodeSse } from '../framing/sse.js'
import { chain, readAll } from '../reader.js'
import type { Event } from './canonical/event.js'
import { fold } from './canonical/fold.js'
import type { Item } from './canonical/item.js'
import type { Encoded } from './canonical/loss.js'
import type { Generation } from './canonical/request.js'
import type { Generated } from './canonical/response.js'
import { unfold } from './canonical/unfold.js'
import type { Usage } from './canonical/usage.js'
import { chatCompletions } from './chat-completions/chat-completions.js'
import { completions } from './completions/completions.js'
import { converse } from './converse/converse.js'
import { base64ToText, readDataUrl } from './data-url.js'
import { generateContent } from './generate-content/generate-content.js'
import { messages } from './messages/messages.js'
import { isList, isRecord, type Loose } from './narrow.js'
import { responses } from './responses/responses.js'

const records = (list: unknown): Loose[] => (isList(list) ? list.filter(isRecord) : [])

interface Subject {
  readonly dialect: Dialect<object, object, SseFrame>
  /** A server that speaks all of the dialect. */
  readonly home: Target['quirks']
  /** What of a response is the model's, and no echo of the request. */
  readonly said: (wire: Loose) => unknown
  /** A frame as bytes, where these are no text: its fixtures are written as server-sent events all the same, for people to read. */
  readonly bytesOf?: (frame: SseFrame) => Uint8Array
  /** Values that it says by saying nothing. */
  readonly unsaid?: readonly string[]
}

const subjects: readonly Subject[] = [
  {
    dialect: responses,
    home: {
      accepts: ['stop', 'seed', 'presence_penalty', 'frequency_penalty', 'logit_bias', 'n'],
      rawReasoning: true,
      cacheMarks: [],
    },
    said: ({ output, usage, error, incomplete_details: details }) => [output, usage, error, details],
  },
  {
    dialect: chatCompletions,
    home: { customTools: true, allowedTools: true, reasoningField: 'reasoning_content' },
    said: ({ choices }) =>
      records(choices).map(({ message }) => records([message]).map(({ content, tool_calls: calls }) => [content, calls])),
  },
  {
    dialect: messages,
    home: { systemMessages: true },
    said: ({ content, stop_reason: reason, stop_sequence: sequence, usage }) => [content, reason, sequence, usage],
  },
  {
    dialect: generateContent,
    home: { rawReasoning: true, fileNames: true },
    said: ({ candidates, promptFeedback }) => [
      promptFeedback,
      records(candidates).map(({ content, finishReason }) => [content, finishReason]),
    ],
  },
  {
    dialect: converse,
    home: { effortAs: 'output-config', rawReasoning: true, strictTools: true, cacheMarks: ['tools', 'ttl'] },
    said: ({ output, usage }) => [output, usage],
    bytesOf: encodeAwsEventStream,
    // A schema of the answer binds, and one of a tool does not.
    unsaid: ['true', 'false'],
  },
]

/** The dialects that callers alone speak: what they ask reaches every target, and no more of an answer reaches them than others. */
const ofCallers: readonly IngressFace<object, object, SseFrame>[] = [completions]
const ingress: readonly IngressFace<object, object, SseFrame>[] = [...subjects.map(({ dialect }) => dialect), ...ofCallers]

// A failing run prints its seed; `LAWS_SEED=<seed>` repeats it.
const seed = Number(process.env.LAWS_SEED ?? Date.now() % 1_000_000)

const folder = (name: string): URL => new URL(`${name}/fixtures/`, import.meta.url)
const bytes = (name: string, file: string): Uint8Array => readFileSync(new URL(file, folder(name)))
const jsonOf = (name: string, file: string): object => JSON.parse(new TextDecoder().decode(bytes(name, file))) as object

/** The bytes of a stream as they come over the wire. */
function streamOf({ dialect, bytesOf }: Subject, file: string): Uint8Array {
  const written = bytes(dialect.name, file)
  return bytesOf ? Uint8Array.from(readAll(decodeSse(), [written]).flatMap((frame) => [...bytesOf(frame)])) : written
}

function fixtures({ dialect }: { readonly dialect: { readonly name: string } }, ...suffixes: readonly string[]): string[] {
  const files = readdirSync(folder(dialect.name))
  const [first = ''] = suffixes
  return files.flatMap((file) => {
    const name = file.endsWith(first) ? file.slice(0, -first.length) : undefined
    return name !== undefined && suffixes.every((suffix) => files.includes(name + suffix)) ? [name] : []
  })
}

const events = (dialect: Subject['dialect'], pieces: Iterable<Uint8Array>): Event[] =>
  readAll(chain((dialect.stream.framing ?? decodeSse)(), dialect.stream.decode()), pieces)

const question: Generation = {
  model: 'm',
  items: [],
  sampling: {},
  stream: true,
  streamOptions: { includeUsage: true },
  state: {},
}

const answering = ({ id = 'id', createdAt = 1, model = 'm' }: Generated): Answering => ({
  asked: question,
  id,
  createdAt,
  model,
  provider: 'test',
  stored: false,
})

/** Where a dialect says kinds, roles and formats, in words of its own. A flag may say of which kind a thing is, too. */
const vocabulary = /^(type|role|format|(response_?|media_?)?(mime_?)?type|nullable|thought|include_?thoughts)$/i

/** A value that a JSON text says, and in which other ways a dialect may say it: each a list of values that stand apart there. */
interface Leaf {
  readonly whole: string
  readonly apart: readonly (readonly string[])[]
}

/** The values that a JSON text says, without its vocabulary: dialects have their own words for kinds and roles, some in capitals. */
function leaves(value: unknown, key = ''): Leaf[] {
  if (value === null || value === undefined || (vocabulary.test(key) && typeof value !== 'object')) return []
  if (Array.isArray(value)) return value.flatMap((each) => leaves(each))
  if (isRecord(value)) return Object.entries(value).flatMap(([field, each]) => leaves(each, field))
  return [{ whole: said(value), apart: typeof value === 'string' ? waysOf(value) : [] }]
}

const said = (value: unknown): string => JSON.stringify(value).toLowerCase()

/** A text that is JSON, a data URL, the name of a file or a marked token may be said in pieces, as bytes, or without its mark. */
function waysOf(text: string): string[][] {
  const held = readDataUrl(text)
  if (held) return [[said(held.base64)], ...(held.mediaType === 'text/plain' ? [[said(base64ToText(held.base64))]] : [])]
  const inner = json(text)
  if (inner !== undefined) return [words(inner)]
  const asBytes = [said(Buffer.from(text).toString('base64'))]
  // The ending of a name is a word for a kind.
  const [, name] = /^([^\n/]+)\.[a-z]{2,4}$/.exec(text) ?? []
  if (name !== undefined) return [asBytes, [said(name)]]
  return text.endsWith(':redacted') ? [asBytes, [said(text.slice(0, -':redacted'.length))]] : [asBytes]
}

/** Every value, and every value that stands within one. */
const words = (value: unknown): string[] => leaves(value).flatMap(({ whole, apart }) => [whole, ...apart.flat()])

/** What a text says that is itself JSON, as the arguments of a call are. */
function json(text: string): unknown {
  try {
    const value: unknown = /^[[{]/.test(text) ? JSON.parse(text) : undefined
    return value
  } catch {
    return undefined
  }
}

/** Words that say nothing where they stand, or that another dialect says by a field of its own. */
const mute = [
  'auto',
  'client',
  'none',
  'any',
  'required',
  'validated',
  'success',
  'error',
  'explicit',
  '',
  'message.output_text.logprobs',
  'reasoning.encrypted_content',
].map(said)

const missing = (of: unknown, encoded: unknown): string[] => {
  const kept = new Set([...mute, ...words(encoded), ...bareTypes(encoded)])
  const isKept = ({ whole, apart }: Leaf): boolean => kept.has(whole) || apart.some((way) => way.every((word) => kept.has(word)))
  return leaves(of).flatMap((leaf) => (isKept(leaf) ? [] : [leaf.whole]))
}

/** Where an object says its type and nothing else, that is a value: `{ type: 'flex' }`. */
function bareTypes(value: unknown): string[] {
  if (!isList(value) && !isRecord(value)) return []
  const own = isRecord(value) && Object.keys(value).length === 1 && typeof value.type === 'string' ? [said(value.type)] : []
  return [...own, ...Object.values(value).flatMap(bareTypes)]
}

/** What stands at the path of a loss, such as `items[2].content[0]`. */
function standsAt(asked: Generation, path: string): unknown {
  let value: unknown = asked
  for (const step of path.split(/[.[\]]+/).filter(Boolean))
    value = isList(value) || isRecord(value) ? value[step as never] : undefined
  return value
}

/** What marks of the cache say, wherever they stand. */
function marksIn(value: unknown): unknown[] {
  if (!isList(value) && !isRecord(value)) return []
  return [...(isRecord(value) ? [value.cache] : []), ...Object.values(value).flatMap(marksIn)]
}

/** The values that are neither in the encoding nor under the path of a declared loss. */
function silentlyLost(wire: object, asked: Generation, { body, losses }: Encoded<object>): string[] {
  // State is the gateway's own affair, the ids and statuses of items are book-keeping that not every dialect has, and a mark of the
  // cache changes no answer.
  const own = words([asked.state, asked.items.map(({ id, status }) => [id, status]), marksIn(asked)])
  const declared = new Set([...own, ...losses.flatMap(({ path }) => words(standsAt(asked, path)))])
  return missing(wire, body).filter((leaf) => !declared.has(leaf))
}

/** Without what the encoder of an answer must fill in, the account and the service tier, and without a total that is no sum. */
function comparable(whole: Generated): Generated {
  const { serviceTier: _, extras, usage, ...answer } = whole
  const { provider: __, ...own } = { ...Object.values(extras ?? {})[0] }
  return { ...answer, ...(usage && { usage: summed(usage) }), ...(Object.keys(own).length > 0 && { extras: own }) }
}

function summed(usage: Usage): Usage {
  const { providerTotal: _, ...buckets } = usage
  return buckets
}

/** The items of each turn, by type: where one message ends and the next begins. */
function turns(items: readonly Item[]): string[][] {
  const groups = new Map<number | undefined, string[]>()
  for (const { turn, type } of items) groups.set(turn, [...(groups.get(turn) ?? []), type])
  return [...groups.values()]
}

describe.each(subjects)('$dialect.name', (subject) => {
  const { dialect, home } = subject
  const at = (model: string): Target => ({ model, ...(home && { quirks: home }) })

  describe.each(fixtures(subject, '.request.json'))('the request %s', (name) => {
    const wire = jsonOf(dialect.name, `${name}.request.json`)
    const asked = dialect.request.decode(wire)
    const encoded = dialect.request.encode(asked, at(asked.model))
    const { body } = encoded

    it('means the same after a round trip', () => {
      expect(dialect.request.decode(body)).toEqual(asked)
    })

    it('keeps every value or declares its loss', () => {
      expect(silentlyLost(wire, asked, encoded)).toEqual([])
    })

    it('is not changed by being read', () => {
      expect(wire).toEqual(jsonOf(dialect.name, `${name}.request.json`))
    })

    it('keeps the boundaries of its messages', () => {
      expect(turns(dialect.request.decode(body).items)).toEqual(turns(asked.items))
    })

    it.each(subjects)('loses as $dialect.name exactly what is written down', async (other) => {
      await losesAsWritten(dialect, name, other)
    })

    it.each(subjects)('takes no token of another issuer to $dialect.name', ({ dialect: other }) => {
      for (const issuer of issuersBut(other.name)) {
        const items = asked.items.filter(({ type }) => type === 'message' || type === 'reasoning' || type === 'tool-call')
        const tokened = items.map((item, index): Item => ({ ...item, replay: { dialect: issuer, payload: `token-${index}` } }))
        const encoded = other.request.encode({ ...asked, items: tokened }, { model: 'm' })
        expect(JSON.stringify(encoded.body)).not.toContain('token-')
        for (const index of tokened.keys())
          expect(encoded.losses.some(({ path }) => path.startsWith(`items[${index}]`))).toBe(true)
      }
    })
  })

  describe.each(fixtures(subject, '.response.json'))('the response %s', (name) => {
    const wire = jsonOf(dialect.name, `${name}.response.json`)
    const answer = dialect.response.decode(wire)
    const encoded = dialect.response.encode(answer, answering(answer))

    it('means the same after a round trip', () => {
      expect(comparable(dialect.response.decode(encoded))).toEqual(comparable(answer))
    })

    it('keeps every value that the model said', () => {
      expect(missing(subject.said({ ...wire }), encoded)).toEqual([])
    })

    it('is what its events fold to', () => {
      expect(fold(unfold(answer))).toEqual(answer)
    })

    it.each(ingress)('takes no token of another issuer to a caller of $name', (other) => {
      for (const issuer of issuersBut(other.name)) {
        const items = answer.items.map((item): Item => ({ ...item, replay: { dialect: issuer, payload: 'token-1' } }))
        const tokened = { ...answer, items }
        expect(JSON.stringify(other.response.encode(tokened, answering(answer)))).not.toContain('token-1')
        expect(JSON.stringify(readAll(other.stream.encode(answering(answer)), unfold(tokened)))).not.toContain('token-1')
      }
    })
  })

  describe.each(fixtures(subject, '.response.json', '.stream.txt'))('the pair %s', (name) => {
    it('folds to what the plain response says', () => {
      const streamed = fold(events(dialect, [streamOf(subject, `${name}.stream.txt`)]))
      expect(streamed).toEqual(dialect.response.decode(jsonOf(dialect.name, `${name}.response.json`)))
    })
  })

  describe.each(fixtures(subject, '.stream.txt'))('the stream %s', (name) => {
    it('means the same after a round trip', () => {
      const first = fold(events(dialect, [streamOf(subject, `${name}.stream.txt`)]))
      const frames = readAll(dialect.stream.encode(answering(first)), events(dialect, [streamOf(subject, `${name}.stream.txt`)]))
      const { extras: _, ...again } = comparable(fold(readAll(dialect.stream.decode(), frames)))
      const { extras: __, ...once } = comparable(first)
      expect(again).toEqual(once)
    })
  })

  describe.each([...withSuffix(subject, '.stream.txt'), ...withSuffix(subject, '.fault.txt')])('the bytes of %s', (file) => {
    it(`give the same events however they are cut (seed ${seed})`, () => {
      const whole = streamOf(subject, file)
      const expected = events(dialect, [whole])
      const cuts = fc.uniqueArray(fc.nat(whole.length), { maxLength: 40 })
      fc.assert(
        fc.property(cuts, (places) => {
          expect(events(dialect, cut(whole, places))).toEqual(expected)
        }),
        { seed, numRuns: 25 },
      )
    })
  })
})

describe.each(ofCallers)('$name, for callers alone', (dialect) => {
  describe.each(fixtures({ dialect }, '.request.json'))('the request %s', (name) => {
    it('is not changed by being read', () => {
      const wire = jsonOf(dialect.name, `${name}.request.json`)
      dialect.request.decode(wire)
      expect(wire).toEqual(jsonOf(dialect.name, `${name}.request.json`))
    })

    it.each(subjects)('loses as $dialect.name exactly what is written down', async (other) => {
      await losesAsWritten(dialect, name, other)
    })
  })
})

/** Every value of a request is in what a target is sent or among its losses, and the losses are those of the golden file. */
async function losesAsWritten(
  dialect: IngressFace<object, object, SseFrame>,
  name: string,
  { dialect: other, unsaid = [] }: Subject,
): Promise<void> {
  const wire = jsonOf(dialect.name, `${name}.request.json`)
  const asked = dialect.request.decode(wire)
  const encoded = other.request.encode(asked, { model: asked.model })
  expect(silentlyLost(wire, asked, encoded).filter((leaf) => !unsaid.includes(leaf))).toEqual([])
  await expect(`${JSON.stringify(encoded.losses, null, 2)}\n`).toMatchFileSnapshot(
    `fixtures/losses/${dialect.name}.${name}.as-${other.name}.json`,
  )
}

function* cut(whole: Uint8Array, places: readonly number[]): Generator<Uint8Array> {
  let from = 0
  for (const to of places.toSorted((first, second) => first - second)) {
    yield whole.subarray(from, to)
    from = to
  }
  yield whole.subarray(from)
}

function withSuffix(subject: Subject, suffix: string): string[] {
  return fixtures(subject, suffix).map((name) => name + suffix)
}

function issuersBut(name: DialectName): DialectName[] {
  const all: DialectName[] = ['responses', 'chat-completions', 'messages', 'generate-content', 'converse', 'completions']
  return all.filter((issuer) => issuer !== name)
}
