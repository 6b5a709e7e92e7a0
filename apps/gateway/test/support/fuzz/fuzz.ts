// What holds whatever comes: a caller who sends any JSON is answered, and one whose provider sends anything is told how it ended.
import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { expect } from 'vitest'
import { actors } from '../dialects/actors/actors.js'
import { callers } from '../dialects/callers/callers.js'
import { pairs, type Pair } from '../dialects/pairs.js'
import { wire, type IngressName, type SpokenName, type Wire } from '../dialects/plain.js'
import { answer, text, user, weather } from '../dialects/scenes.js'
import { answering, openStage, type Stage } from '../dialects/stage.js'
import type { Script } from '../upstream.js'
import { anyJson, edited, edits, wireText, type Edit } from './edits.js'
import { answersOf, requestsOf, streamsOf } from './seeds.js'
import { bytesOf, damaged, damages, editedFrames, moved, moves, type Damage, type Move } from './streams.js'

/** Milliseconds after which an exchange hangs, and those after which the gateway gives up a silent stream. */
const patience = 15_000
const streamIdleTimeout = 3_000

export const openFuzzed = (): Promise<Stage> => openStage({ streamIdleTimeout })

/** What comes in time; throws for what does not. */
async function within<T>(time: number, what: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing came within ${time} ms.`)), time)
  })
  return await Promise.race([what, late]).finally(() => clearTimeout(timer))
}

/** How often a law is tried, and for how long at most, in milliseconds. */
export interface Effort {
  readonly runs: number
  readonly time: number
}

/** The same in every run, so that no change fails by another's bad luck; `WEIR_FUZZ_SEED` looks where nobody has looked. */
const seed = Number(process.env['WEIR_FUZZ_SEED'] ?? 4)

// A failure names its seed. Making it smaller may take long: what is found within the limit counts.
const parameters = ({ runs, time }: Effort) => ({
  seed,
  numRuns: runs,
  interruptAfterTimeLimit: time,
  markInterruptAsFailure: true,
})

/** What came of one exchange: the answer whole, and the row that is kept of it. Throws where either does not come. */
async function exchanged(stage: Stage, pair: Pair, path: string, body: string | object, script: Script) {
  const given = await within(patience, stage.call(pair, path, body, script))
  const said = await within(patience, given.text())
  return { given, said, row: await within(patience, stage.row()) }
}

/** An error in the caller's language says what it is. */
function assertTold(ingress: IngressName, said: string): void {
  const { name, message } = callers[ingress].readsError(wire(JSON.parse(said)))
  expect(name).not.toBe('')
  expect(message).not.toBe('')
}

/** Where a body of each language goes that is to be streamed or not; Google's says the model and that in its path. */
function addressed(ingress: IngressName, spoken: SpokenName, stream: boolean, seed: Wire): { path: string; body: Wire } {
  const { path, body } = callers[ingress].asks(`${spoken}/some/model`, { words: [user('Speak.')] }, stream)
  const { model: _, stream: __, ...rest } = seed
  const { model, stream: streamed } = body
  return { path, body: { ...(model !== undefined && { model }), ...(streamed !== undefined && { stream: streamed }), ...rest } }
}

/** The law of requests, for callers of one language: each is carried out or refused as the caller's fault, and never as the gateway's. */
export async function answersAnyRequest(stage: Stage, ingress: IngressName, effort: Effort): Promise<void> {
  const seeds = requestsOf(ingress)
  const holds = async (seed: Wire, pair: Pair, list: readonly Edit[]): Promise<void> => {
    const { path, body } = addressed(ingress, pair.spoken, pair.stream, seed)
    const sent = wireText(edited(body, list, seeds))
    const { given, said, row } = await exchanged(stage, pair, path, sent, well)
    expect(given.status, `${said.slice(0, 300)} ${row.errorDetail}`).toBeLessThan(500)
    if (given.status !== 200) return assertTold(ingress, said)
    const isStream = given.headers.get('content-type')?.includes('event-stream')
    for (const json of isStream ? dataOf(said) : [said]) JSON.parse(json)
  }
  const own = pairs.filter((pair) => pair.ingress === ingress)
  await fc.assert(fc.asyncProperty(fc.constantFrom(...seeds), fc.constantFrom(...own), edits, holds), parameters(effort))
}

/** Answers well in whichever language it is asked. */
const well: Script = (request, response, number) => {
  const spoken = spokenAt(request.path)
  const stream = request.body['stream'] === true || /stream/i.test(request.path)
  return answering({ ingress: 'responses', spoken, stream }, answer([text('Fine.')]))(request, response, number)
}

function spokenAt(path: string): SpokenName {
  if (path.includes('/models/')) return 'generate-content'
  if (path.includes('/model/')) return 'converse'
  if (path.endsWith('/messages')) return 'messages'
  return path.endsWith('/responses') ? 'responses' : 'chat-completions'
}

const dataOf = (stream: string): string[] =>
  stream
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => line.slice('data: '.length))

/** What a provider sends that has lost its mind. `which` of the answers that there are, or `any` JSON in their place. */
interface Nonsense {
  readonly which: number
  readonly edits: readonly Edit[]
  readonly moves: readonly Move[]
  readonly damages: readonly Damage[]
  readonly any: unknown
  readonly status: number
}

/** Mostly what was once an answer, and mostly called a success. */
const nonsense: fc.Arbitrary<Nonsense> = fc.record({
  which: fc.nat(999),
  edits,
  moves,
  damages: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, damages),
  any: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, anyJson),
  status: fc.oneof({ weight: 9, arbitrary: fc.constant(200) }, fc.constantFrom(400, 401, 404, 413, 429, 500, 503)),
})

function bytesFor({ spoken, stream }: Pair, { which, edits: list, moves: shifts, damages: hurt, any }: Nonsense): Uint8Array {
  if (!stream) {
    const wholes = answersOf(spoken)
    const value = any === undefined ? edited(wholes[which % wholes.length], list, wholes) : any
    return damaged(Buffer.from(wireText(value)), hurt)
  }
  if (any !== undefined) return damaged(bytesOf(spoken, [{ data: wireText(any) }]), hurt)
  const streams = streamsOf(spoken)
  const frames = streams[which % streams.length] ?? []
  return damaged(bytesOf(spoken, moved(editedFrames(frames, list, streams), shifts)), hurt)
}

/**
 * The law of answers, for providers of one language: whatever comes, the caller reads an answer or an error, the record says the same
 * as the caller was told, nothing of it is the gateway's own fault, and what was kept can be fetched.
 */
export async function tellsAnyAnswer(stage: Stage, spoken: SpokenName, effort: Effort): Promise<void> {
  const holds = async (pair: Pair, sent: Nonsense): Promise<void> => {
    const { path, body } = callers[pair.ingress].asks(`${spoken}/some/model`, question, pair.stream)
    const script = (_: unknown, response: ServerResponse): void => {
      const type = pair.stream ? actors[spoken].streamType : 'application/json'
      response.writeHead(sent.status, { 'content-type': type })
      response.end(bytesFor(pair, sent))
    }
    const { given, said, row } = await exchanged(stage, pair, path, { ...body, store: true }, script)
    expect(row.errorCode, `${said.slice(0, 300)} ${row.errorDetail}`).not.toBe('server_error')
    if (given.status !== 200) assertTold(pair.ingress, said)
    // What passes is the provider's to the letter, and may be wrong as it was.
    else if (row.lane === 'translated') {
      const { hears, reads } = callers[pair.ingress]
      const told = pair.stream ? hears(said) : reads(wire(JSON.parse(said)))
      expect(told.error !== undefined).toBe(row.outcome === 'failed')
    }
    if (!row.stored || row.responseId === null) return
    for (const part of ['', '/input_items']) {
      const kept = await stage.gateway.call(`/v1/responses/${row.responseId}${part}`)
      expect(kept.status, await kept.text()).toBe(200)
    }
  }
  const own = pairs.filter((pair) => pair.spoken === spoken)
  await fc.assert(fc.asyncProperty(fc.constantFrom(...own), nonsense, holds), parameters(effort))
}

const question = { words: [user('Speak.')], tools: [weather], limit: 900 }
