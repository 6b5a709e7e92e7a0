import type { generateContent as wire, LogProb } from '@weir/contracts'
import { MalformedAnswer, type Answering } from '../../dialect.js'
import type { Event } from '../canonical/event.js'
import { folding } from '../canonical/fold.js'
import type { Item } from '../canonical/item.js'
import type { TextPart } from '../canonical/part.js'
import type { ChoiceOutcome, Generated, UpstreamFailure } from '../canonical/response.js'
import { failureError } from '../failure-error.js'
import { isList, isRecord, known, overlay, type Loose } from '../narrow.js'
import { flattenTools } from '../tools/flatten.js'
import { answerReader } from './answer-reader.js'
import { encodeCitations } from './citations.js'
import { encodeError } from './error.js'
import { camelCased, listOf } from './fields.js'
import { encodeFinishReason, isBlocked, isBroken } from './finish-reason.js'
import { encodeItem, type ItemContext } from './items-encode.js'
import { encodeLogprobs } from './logprobs.js'
import { encodeUsage } from './usage.js'

/**
 * An answer: a stream that came in one chunk, and in a list of chunks where it was asked for as a stream without being framed as one.
 * An `error` with a status of success is an answer that failed. Throws `MalformedAnswer` for anything else.
 */
export function decodeResponse(wire: unknown): Generated {
  const chunks = listOf(wire)
  if (!chunks.every(isRecord)) throw new MalformedAnswer('The provider sent no JSON object.')
  if (!chunks.map(camelCased).some(isAnswer)) throw new MalformedAnswer('The provider sent an object without candidates.')
  const answer = answerReader()
  const whole = folding()
  const add = (event: Event): void => whole.add(event)
  for (const chunk of chunks) answer.read(chunk, add)
  answer.end(true, add)
  return whole.result()
}

const isAnswer = ({ candidates, promptFeedback, error }: Loose): boolean =>
  (isList(candidates) && candidates.length > 0) || isBlocked(promptFeedback) || isRecord(error)

/** The answer as a caller of Gemini reads it, under the ids by which they know it. */
export function encodeResponse(canonical: Generated, answering: Answering): wire.GenerateContentResponse {
  const { items, outcome } = canonical
  const { candidates: said, usageMetadata: counts, ...own } = ownFields(canonical.extras)
  const head = {
    ...(canonical.usage && { usageMetadata: encodeUsage(canonical.usage, isRecord(counts) ? counts : {}) }),
    modelVersion: answering.model,
    responseId: answering.id,
  }
  if (outcome.status === 'failed' && !isBroken(outcome.failure.code))
    return { ...own, ...head, ...encodeError(failureError(outcome.failure)).body }
  // A prompt that was blocked has no candidates.
  if (items.length === 0 && isBlocked(own.promptFeedback)) return { ...own, ...head }
  const context = contextOf(answering)
  const beside = listOf(said)
  const endings = outcome.status === 'failed' ? [] : (outcome.choices ?? [])
  const count = items.reduce((most, item) => Math.max(most, (item.choice ?? 0) + 1), Math.max(1, endings.length))
  const candidates = Array.from({ length: count }, (_, index) => {
    const mine = items.filter((item) => (item.choice ?? 0) === index)
    const parts = mine.flatMap((item, place) => encodeItem({ item, path: `items[${place}]` }, context))
    const ending = outcome.status === 'failed' ? endingOfFailure(outcome.failure) : endingOf(endings[index] ?? outcome)
    return encodeCandidate({ index, parts, ending, said: mine.flatMap(textsOf), beside: beside[index] })
  })
  return { candidates, ...own, ...head }
}

/** The fields that this dialect kept of an answer of its own. */
export const ownFields = (extras: Generated['extras']): Loose => extras?.['generate-content'] ?? {}

/** What encoders of the items of an answer read: a reader is shown all of it, and nothing is lost on the way to a provider. */
export const contextOf = ({ asked }: Answering): ItemContext => ({
  quirks: { rawReasoning: true, fileNames: true },
  flat: flattenTools(asked, { customTools: false }),
  names: new Map(),
  losses: [],
})

const textsOf = (item: Item): TextPart[] => (item.type === 'message' ? item.content.filter((part) => part.type === 'text') : [])

export const endingOf = (outcome: ChoiceOutcome): wire.Candidate => ({ finishReason: encodeFinishReason(outcome) })

/** How a candidate ended that the model broke off. */
export const endingOfFailure = ({ code, message }: UpstreamFailure): wire.Candidate =>
  known({ finishReason: code, finishMessage: message })

interface Ended {
  readonly index: number
  readonly parts: wire.Part[]
  readonly ending: wire.Candidate
  /** What it said as text, for what is cited and how sure the model was. */
  readonly said: readonly TextPart[]
  /** What a candidate of this dialect said besides. */
  readonly beside: unknown
}

/** A candidate at its end. */
export function encodeCandidate({ index, parts, ending, said, beside }: Ended): wire.Candidate {
  const logprobs = said.flatMap((part): readonly LogProb[] => part.logprobs ?? [])
  const own = isRecord(beside) ? beside : {}
  const sources = 'groundingMetadata' in own || 'citationMetadata' in own ? undefined : citationsOf(said)
  const candidate: wire.Candidate = {
    content: parts.length > 0 ? { parts, role: 'model' } : { role: 'model' },
    ...ending,
    index,
    ...(logprobs.length > 0 && { logprobsResult: encodeLogprobs(logprobs) }),
    ...(sources && { groundingMetadata: sources }),
  }
  return overlay({ ...candidate }, own)
}

/** Citations count from the beginning of the whole text. */
function citationsOf(said: readonly TextPart[]): Loose | undefined {
  const [first, ...more] = said
  if (!first) return undefined
  if (more.length === 0) return encodeCitations(first.annotations ?? [], first.text)
  let before = 0
  const annotations = said.flatMap(({ text, annotations: own = [] }) => {
    const offset = before
    before += text.length
    return own.filter(isRecord).map((annotation) => moved(annotation, offset))
  })
  return encodeCitations(annotations, said.map(({ text }) => text).join(''))
}

function moved<T extends { [field: string]: unknown }>(annotation: T, by: number): T {
  const { start_index: start, end_index: end } = annotation
  if (typeof start !== 'number' || typeof end !== 'number') return annotation
  return { ...annotation, start_index: start + by, end_index: end + by }
}
