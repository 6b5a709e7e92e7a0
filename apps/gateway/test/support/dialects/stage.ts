// One gateway before one upstream of every dialect, for tests that ask the same in all of them, one after the other.
import { expect } from 'vitest'
import type { ExchangeRow } from '../../../src/ports/ledger.js'
import { keys, startGateway, type TestGateway } from '../gateway.js'
import { json, startUpstream, type Script, type Seen } from '../upstream.js'
import type { Cut, Performance } from './actors/actor.js'
import { actors } from './actors/actors.js'
import { callers } from './callers/callers.js'
import type { Pair } from './pairs.js'
import { wire, type Answer, type Asked, type Question, type Told } from './plain.js'

/** What came of one question. */
export interface Exchange {
  readonly told: Told
  readonly seen: Seen
  /** What the upstream was asked, in plain form. */
  readonly asked: Asked
  readonly row: ExchangeRow
}

export interface Stage extends AsyncDisposable {
  readonly gateway: TestGateway
  /** Sends a body of the caller's own, as text or to be written as JSON, with the credential as the caller has it. */
  call(pair: Pair, path: string, body: object | string, script: Script): Promise<Response>
  /** Asks in the caller's language, of an upstream that does what the script says. */
  ask(pair: Pair, question: Question, script: Script, signal?: AbortSignal): Promise<Response>
  /** Asks and is answered, with success. */
  exchange(pair: Pair, question: Question, script: Script): Promise<Exchange>
  /** Every request that an upstream has seen. */
  readonly seen: readonly Seen[]
  /** The row of the exchange that was asked last, once it has ended. */
  row(): Promise<ExchangeRow>
}

export async function openStage(settings: { readonly streamIdleTimeout?: number } = {}): Promise<Stage> {
  let play: Script = () => {}
  let count = 0
  const upstream = await startUpstream((...given) => play(...given))
  const accounts = Object.entries(actors).map(([dialect]) => [
    dialect,
    { provider: 'openai-compatible', baseURL: upstream.url, dialect },
  ])
  const gateway = await startGateway({ accounts: Object.fromEntries(accounts), settings })

  function call({ ingress }: Pair, path: string, body: object | string, script: Script, signal?: AbortSignal): Promise<Response> {
    play = script
    count += 1
    return gateway.call(path, { body, key: null, headers: callers[ingress].credential(keys.alice), ...(signal && { signal }) })
  }

  function ask(pair: Pair, question: Question, script: Script, signal?: AbortSignal): Promise<Response> {
    const { path, body } = callers[pair.ingress].asks(`${pair.spoken}/some/model`, question, pair.stream)
    return call(pair, path, body, script, signal)
  }

  async function row(): Promise<ExchangeRow> {
    const last = (await gateway.ended(count))[count - 1]
    if (!last) throw new Error('No exchange has ended.')
    return last
  }

  return {
    gateway,
    seen: upstream.seen,
    call,
    ask,
    row,
    async exchange(pair, question, script) {
      const before = upstream.seen.length
      const answer = await ask(pair, question, script)
      const text = await answer.text()
      expect(answer.status, text).toBe(200)
      const { hears, reads } = callers[pair.ingress]
      const told = pair.stream ? hears(text) : reads(wire(JSON.parse(text)))
      expect(upstream.seen).toHaveLength(before + 1)
      const [seen] = upstream.seen.slice(before)
      if (!seen) throw new Error('The upstream was not asked.')
      return { told, seen, asked: actors[pair.spoken].asked(seen), row: await row() }
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

/** Answers in the upstream's language, streamed where it is asked to. */
export const answering =
  ({ spoken, stream }: Pair, answer: Answer, cut?: Cut): Script =>
  (_, response) => {
    const actor = actors[spoken]
    if (!stream) return json(response, actor.whole(answer))
    response.writeHead(200, { 'content-type': actor.streamType })
    for (const bytes of all(actor.streams(answer, cut))) response.write(bytes)
    response.end()
  }

export const all = ({ opening, content, closing }: Performance): Performance['content'] => [...opening, ...content, ...closing]
