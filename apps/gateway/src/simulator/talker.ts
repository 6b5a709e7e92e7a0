import type { IdKind, LogProb } from '@weir/contracts'
import {
  assemble,
  type Assembly,
  type ChoiceOutcome,
  type DialectName,
  type Event,
  type Generation,
  type Item,
} from '@weir/dialects'
import { failureOf } from './failure.js'
import { countInput } from './input.js'
import { logprobsOf } from './logprobs.js'
import type { Step, Wait } from './step.js'
import type { Piece, Tokenizer } from '../tokens/tokenizer.js'

/** What the talker needs from outside: everything about an answer that is not settled by its request. */
export interface Voice {
  readonly dialect: DialectName
  readonly tokenizer: Tokenizer
  /** The id of the answer, and its time in seconds since 1970. */
  readonly id: string
  readonly createdAt: number
  mint(kind: IdKind): string
}

/** Tokens of one answer: how many may still come, and how many came. */
interface Meter {
  left: number
  output: number
  reasoning: number
}

interface Speaking {
  readonly asked: Generation
  readonly voice: Voice
  readonly meter: Meter
  readonly choice: number
  /** The number of items that have begun. */
  places: number
}

interface OpenItem {
  readonly place: number
  readonly assembly: Assembly
}

type Utterance = Event | Wait
type Ending = ChoiceOutcome | { readonly status: 'failed' }

const completed = { status: 'completed' } as const
const exhausted = { status: 'incomplete', reason: 'max_output_tokens' } as const

/**
 * Follows a plan: the canonical events of an answer and the silences between them, each made only when it is asked for. The
 * same request gives the same content and usage; ids are fresh.
 */
export function* talk(asked: Generation, steps: readonly Step[], voice: Voice): Generator<Utterance, void> {
  const meter: Meter = { left: 0, output: 0, reasoning: 0 }
  const outcomes: ChoiceOutcome[] = []
  let places = 0
  yield { type: 'turn-start', id: voice.id, model: asked.model, createdAt: voice.createdAt }
  for (let choice = 0; choice < (asked.sampling.choices ?? 1); choice++) {
    meter.left = Math.max(0, asked.sampling.maxOutputTokens ?? Infinity)
    const speaking: Speaking = { asked, voice, meter, choice, places }
    const ending = yield* follow(steps, speaking)
    if (ending.status === 'failed') return
    outcomes.push(ending)
    places = speaking.places
  }
  const input = countInput(asked, voice.tokenizer)
  yield { type: 'usage', usage: { input, cacheRead: 0, cacheWrite: 0, output: meter.output, reasoning: meter.reasoning } }
  const outcome = outcomes.find(({ status }) => status === 'incomplete') ?? completed
  yield { type: 'turn-end', outcome: outcomes.length > 1 ? { ...outcome, choices: outcomes } : outcome }
}

function* follow(steps: readonly Step[], speaking: Speaking): Generator<Utterance, Ending> {
  let message: (OpenItem & { part: number; kind?: 'text' | 'refusal' }) | undefined

  for (const step of steps) {
    let ending: Ending | undefined
    if (message && (step.type === 'reason' || step.type === 'call')) {
      yield close(message, 'completed')
      message = undefined
    }
    switch (step.type) {
      case 'wait':
        yield step
        break
      case 'say':
      case 'refuse': {
        if (speaking.meter.left === 0 && step.text !== '') {
          ending = exhausted
          break
        }
        message ??= { ...(yield* begin(messageStart(speaking), speaking)), part: -1 }
        const kind = step.type === 'say' ? 'text' : 'refusal'
        if (message.kind !== kind) message.part++
        message.kind = kind
        ending = yield* say(step.text, kind, message, speaking)
        break
      }
      case 'reason':
        ending = yield* reason(step.text, speaking)
        break
      case 'call':
        ending = yield* call(step, speaking)
        break
      case 'fail':
        yield { type: 'error', failure: failureOf(step.kind) }
        return { status: 'failed' }
      case 'end':
        ending = { status: 'incomplete', reason: step.reason }
        break
    }
    if (ending) {
      if (message) yield close(message, ending.status === 'incomplete' ? 'incomplete' : 'completed')
      return ending
    }
  }
  if (message) yield close(message, 'completed')
  return completed
}

function* say(
  text: string,
  kind: 'text' | 'refusal',
  message: OpenItem & { readonly part: number },
  speaking: Speaking,
): Generator<Utterance, Ending | undefined> {
  const { asked } = speaking
  const { place: item, assembly, part } = message
  const cut = beforeStop(text, asked.sampling.stop ?? [])
  const wantsLogprobs =
    (asked.sampling.logprobs === true || asked.include?.includes('message.output_text.logprobs') === true) && kind === 'text'
  const delta = (piece: string, logprobs?: readonly LogProb[]): Event =>
    added(assembly, { type: 'text-delta', item, part, kind, text: piece, ...(logprobs && { logprobs }) })

  if (cut === '') yield delta('')
  const pieces = metered(cut, 'output', speaking)
  for (;;) {
    const next = pieces.next()
    if (next.done) return next.value ?? (cut.length < text.length ? completed : undefined)
    const { value } = next
    yield delta(value.text, wantsLogprobs ? logprobsOf(value, asked.sampling.topLogprobs ?? 0) : undefined)
  }
}

function* reason(text: string, speaking: Speaking): Generator<Utterance, Ending | undefined> {
  const { asked, voice, meter, choice } = speaking
  if (meter.left === 0) return exhausted
  const kind = asked.reasoning?.summary === undefined ? 'content' : 'summary'
  const start: Item = { type: 'reasoning', id: voice.mint('reasoning'), summary: [], ...(choice > 0 && { choice }) }
  const { place: item, assembly } = yield* begin(start, speaking)
  const pieces = metered(text, 'reasoning', speaking)
  let next = pieces.next()
  for (; !next.done; next = pieces.next())
    yield added(assembly, { type: 'reasoning-delta', item, part: 0, kind, text: next.value.text })
  if (asked.include?.includes('reasoning.encrypted_content')) {
    const token = { dialect: voice.dialect, payload: Buffer.from(`simulator:${text}`).toString('base64') }
    yield added(assembly, { type: 'replay-token', item, token })
  }
  yield close({ place: item, assembly }, next.value ? 'incomplete' : 'completed')
  return next.value
}

function* call(step: Step & { type: 'call' }, speaking: Speaking): Generator<Utterance, Ending | undefined> {
  const { voice, meter, choice } = speaking
  if (meter.left === 0) return exhausted
  const { type: _, arguments: text, ...tool } = step
  const start: Item = {
    type: 'tool-call',
    ...tool,
    id: voice.mint(step.kind === 'custom' ? 'customToolCall' : 'functionCall'),
    callId: voice.mint('call'),
    arguments: '',
    status: 'in_progress',
    ...(choice > 0 && { choice }),
  }
  const open = yield* begin(start, speaking)
  const pieces = metered(text, 'output', speaking)
  let next = pieces.next()
  for (; !next.done; next = pieces.next())
    yield added(open.assembly, { type: 'arguments-delta', item: open.place, text: next.value.text })
  yield close(open, next.value ? 'incomplete' : 'completed')
  return next.value
}

/** The pieces of a text for as long as the allowance lasts; gives the ending where it did not last for all. */
function* metered(
  text: string,
  bucket: 'output' | 'reasoning',
  speaking: Speaking,
): Generator<Piece, typeof exhausted | undefined> {
  const { meter, voice } = speaking
  for (const piece of voice.tokenizer.pieces(text)) {
    const fits = piece.tokens <= meter.left
    const said = fits ? piece : voice.tokenizer.beginning(piece, meter.left)
    meter.left -= said.tokens
    meter[bucket] += said.tokens
    if (said.text !== '') yield said
    if (fits) continue
    return exhausted
  }
  return undefined
}

function messageStart({ voice, choice }: Speaking): Item {
  const start: Item = { type: 'message', id: voice.mint('message'), role: 'assistant', content: [], status: 'in_progress' }
  return choice > 0 ? { ...start, choice } : start
}

function* begin(start: Item, speaking: Speaking): Generator<Event, OpenItem> {
  const place = speaking.places++
  yield { type: 'item-start', item: place, start }
  return { place, assembly: assemble(start) }
}

const close = ({ place, assembly }: OpenItem, status: 'completed' | 'incomplete'): Event => ({
  type: 'item-end',
  item: place,
  end: assembly.item(status),
})

function added<E extends Event>(assembly: Assembly, event: E): E {
  assembly.add(event)
  return event
}

/** What stands before the first of these sequences. */
function beforeStop(text: string, stop: readonly string[]): string {
  let end = text.length
  for (const sequence of stop) {
    const found = sequence === '' ? -1 : text.indexOf(sequence)
    if (found >= 0 && found < end) end = found
  }
  return text.slice(0, end)
}
