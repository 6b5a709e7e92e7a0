// Random conversations: every turn chooses its account, what the model answers with, how the caller goes on, and whether the
// gateway is started again before it. The caller of these tests is as forgetful as the gateway lets it be.
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Heard, Line } from './actor.js'
import { heard, plays } from './actor.js'
import { framesOf } from './frames.js'
import { startGateway, type TestAccounts, type TestGateway } from './gateway.js'
import { folder } from './process.js'
import { startUpstream } from './upstream.js'

/** The accounts between which a conversation moves, and what each does with earlier reasoning. */
const actors = {
  /** Give tokens, and take back their own. */
  first: { provider: 'openai', model: 'gpt-5', reasoning: 'token' },
  second: { provider: 'openai', model: 'gpt-5', reasoning: 'token' },
  /** Speaks Responses, and takes the text of reasoning. */
  open: { provider: 'openai-compatible', model: 'm', dialect: 'responses', reasoning: 'text' },
  /** Speaks chat, and takes the text of reasoning or of its summary. */
  thinks: { provider: 'vllm', model: 'm', reasoning: 'text or summary' },
  /** Speaks chat, and takes no reasoning. */
  plain: { provider: 'openai-compatible', model: 'm', reasoning: 'none' },
} as const

type ActorName = keyof typeof actors

export interface Turn {
  readonly actor: ActorName
  readonly reasons: boolean
  readonly speaks: boolean
  readonly calls: number
  readonly store: boolean
  readonly stream: boolean
  /** Whether the caller waits for the answer elsewhere. What is kept nowhere is never made so. */
  readonly background: boolean
  /** Whether the caller asks for replay tokens; one that keeps the conversation itself always does. */
  readonly reveals: boolean
  /** Whether the caller says something beside the outputs of the calls before. */
  readonly adds: boolean
  readonly restarts: boolean
}

const turn: fc.Arbitrary<Turn> = fc.record({
  actor: fc.constantFrom(...(Object.keys(actors) as ActorName[])),
  reasons: fc.boolean(),
  speaks: fc.boolean(),
  calls: fc.nat(3),
  store: fc.boolean(),
  stream: fc.boolean(),
  background: fc.boolean(),
  reveals: fc.boolean(),
  adds: fc.boolean(),
  restarts: fc.integer({ min: 0, max: 3 }).map((die) => die === 0),
})

/** By what a turn names the ones before it that were kept: the response before, a conversation, or each of their items. */
type Way = 'chain' | 'conversation' | 'references'

export interface Conversation {
  readonly way: Way
  readonly turns: readonly Turn[]
}

/** Up to eight turns. */
export const conversations: fc.Arbitrary<Conversation> = fc.record({
  way: fc.constantFrom<Way>('chain', 'conversation', 'references'),
  turns: fc.array(turn, { minLength: 2, maxLength: 8 }),
})

/** What has been said, with who said it: reasoning is seen differently by each. */
type Said = Heard | readonly ['reasoning', ActorName, NonNullable<Line['reasoning']>]

/** Holds the conversation, and expects at every turn that the upstream is given exactly what was said before. */
export async function holds({ way, turns }: Conversation): Promise<void> {
  await using place = await folder()
  let line: Line = { calls: [] }
  await using upstream = await startUpstream(plays(() => line))
  const accounts: TestAccounts = Object.fromEntries(
    Object.entries(actors).map(([name, actor]) => [
      name,
      { provider: actor.provider, baseURL: upstream.url, ...('dialect' in actor && { dialect: actor.dialect }) },
    ]),
  )
  const begin = (): Promise<TestGateway> => startGateway({ accounts, folder: place.path })
  let gateway = await begin()
  try {
    const said: Said[] = []
    // What names the turns that were kept; and what was said since and was not: the caller has to bring that itself.
    let kept: Kept = way === 'conversation' ? { conversation: await newConversation(gateway) } : {}
    let referred: object[] = []
    let carried: object[] = []
    let open: readonly { readonly id: string }[] = []
    for (const [number, turn] of turns.entries()) {
      if (turn.restarts) {
        await gateway[Symbol.asyncDispose]()
        gateway = await begin()
      }
      const input: object[] = open.map(({ id }) => ({ type: 'function_call_output', call_id: id, output: `out ${id}` }))
      for (const { id } of open) said.push(['output', id, `out ${id}`])
      if (input.length === 0 || turn.adds) {
        input.push({ role: 'user', content: `question ${number}` })
        said.push(['user', `question ${number}`])
      }
      line = lineOf(turn, number)
      const { model } = actors[turn.actor]
      const response = await ask(gateway, {
        model: `${turn.actor}/${model}`,
        input: [...referred, ...carried, ...input],
        store: turn.store,
        stream: turn.stream,
        ...(turn.background && turn.store && { background: true }),
        ...kept,
        ...((turn.reveals || !turn.store) && { include: ['reasoning.encrypted_content'] }),
      })
      const request = upstream.seen.at(-1)
      expect(upstream.seen.length).toBe(number + 1)
      expect(request && heard(request)).toEqual(said.flatMap((each) => seenBy(turn.actor, each)))
      if (line.reasoning) said.push(['reasoning', turn.actor, line.reasoning])
      if (line.text !== undefined) said.push(['said', line.text])
      for (const call of line.calls) said.push(['called', call.id, call.name, call.arguments])
      open = line.calls
      if (turn.store) {
        if (way === 'chain') kept = { previous_response_id: response.id }
        if (way === 'references') referred = await references(gateway, response)
        carried = []
      } else carried = [...carried, ...input, ...response.output]
    }
  } finally {
    await gateway[Symbol.asyncDispose]()
  }
}

function lineOf(turn: Turn, number: number): Line {
  const calls = Array.from({ length: turn.calls }, (_, place) => ({
    id: `call_${number}_${place}`,
    name: `tool_${place}`,
    arguments: `{ "turn": ${number} }`,
  }))
  const issues = actors[turn.actor].reasoning === 'token'
  return {
    ...(turn.reasons && {
      reasoning: { id: `rs_${number}`, text: `thought ${number}`, ...(issues && { token: `gAAA.${turn.actor}+${number}/=` }) },
    }),
    ...((turn.speaks || calls.length === 0) && { text: `answer ${number}` }),
    calls,
  }
}

function seenBy(actor: ActorName, said: Said): Heard[] {
  if (said[0] !== 'reasoning') return [said]
  const [, issuer, { id, text, token }] = said
  if (token !== undefined && issuer === actor) return [['token', id, token]]
  const { reasoning } = actors[actor]
  if (reasoning === 'text or summary' || (reasoning === 'text' && token === undefined)) return [['reasoned', text]]
  return []
}

interface Kept {
  readonly conversation?: string
  readonly previous_response_id?: string
}

async function newConversation(gateway: TestGateway): Promise<string> {
  const answer = await gateway.call('/v1/conversations', { body: {} })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { id: string }).id
}

/** A reference to every item that a response was given and made. */
async function references(gateway: TestGateway, response: { id: string; output: object[] }): Promise<object[]> {
  const answer = await gateway.call(`/v1/responses/${response.id}/input_items?order=asc&limit=100`)
  expect(answer.status).toBe(200)
  const page = (await answer.json()) as { data: object[]; has_more: boolean }
  expect(page.has_more).toBe(false)
  return [...page.data, ...response.output].map((item) => ({ type: 'item_reference', id: (item as { id: string }).id }))
}

async function ask(gateway: TestGateway, body: Readonly<Record<string, unknown>>): Promise<{ id: string; output: object[] }> {
  const answer = await gateway.call('/v1/responses', { body })
  const text = await answer.text()
  expect(answer.status, text).toBe(200)
  const first = body['stream'] === true ? framesOf(text).at(-1)?.['response'] : JSON.parse(text)
  const response = body['background'] === true ? await atItsEnd(gateway, first as { id: string }) : first
  expect(response).toMatchObject({ status: 'completed', store: body['store'] })
  return response as { id: string; output: object[] }
}

/** A background response that has ended. */
async function atItsEnd(gateway: TestGateway, { id }: { readonly id: string }): Promise<unknown> {
  const stream = await gateway.call(`/v1/responses/${id}?stream=true&starting_after=1`)
  return framesOf(await stream.text()).at(-1)?.['response']
}
