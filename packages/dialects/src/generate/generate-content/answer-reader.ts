import type { Event } from '../canonical/event.js'
import { extrasOf, type Extras } from '../canonical/extras.js'
import type { ChoiceOutcome, UpstreamFailure } from '../canonical/response.js'
import { openItems } from '../open-items.js'
import { isChoice, outcomeOf } from '../outcome-of.js'
import { isRecord, isString, known, type Loose } from '../narrow.js'
import { keyOfAnswer } from './call-ids.js'
import { candidateReader, type CandidateReader } from './candidate-reader.js'
import { decodeErrorInAnswer } from './error.js'
import { camelCased, isFilled, listOf } from './fields.js'
import { decodeFinishReason, encodeFinishReason, failureOfReason, isBlocked, isBroken } from './finish-reason.js'
import { decodeUsage, restOfUsage } from './usage.js'

type Emit = (event: Event) => void

/** Reads an answer from its chunks; a plain answer is one whole chunk. */
export interface AnswerReader {
  read(chunk: Loose, emit: Emit): void
  /** `whole`: whether an answer that does not say how it ended is taken as complete, as a plain one is. */
  end(whole: boolean, emit: Emit): void
  /** Gives the answer up. Whatever comes after it is ignored, as after an end. */
  fail(failure: UpstreamFailure, emit: Emit): void
}

/** Of these each chunk brings its own, and what they say is in the events. */
const readElsewhere = new Set(['candidates', 'usageMetadata', 'modelVersion', 'responseId', 'error'])

export function answerReader(): AnswerReader {
  const items = openItems()
  const candidates: CandidateReader[] = []
  const rest: Loose = {}
  let usage: Loose = {}
  let key: string | undefined
  let started = false
  let over = false

  function start(chunk: Loose, emit: Emit): void {
    started = true
    const id = isString(chunk.responseId) && chunk.responseId !== '' ? chunk.responseId : undefined
    key = keyOfAnswer(id)
    emit({ type: 'turn-start', ...known({ id, model: (isString(chunk.modelVersion) && chunk.modelVersion) || undefined }) })
  }

  function candidateAt(index: number): CandidateReader {
    const found = candidates.find((each) => each.index === index)
    if (found) return found
    const candidate = candidateReader(index, items, () => (key ??= keyOfAnswer(undefined)))
    candidates.push(candidate)
    return candidate
  }

  function spend(emit: Emit): void {
    const spent = decodeUsage(usage)
    if (spent) emit({ type: 'usage', usage: spent })
  }

  function fail(failure: UpstreamFailure, emit: Emit): void {
    if (over) return
    over = true
    spend(emit)
    emit({ type: 'error', failure })
  }

  function finish(emit: Emit): void {
    const outcomes: ChoiceOutcome[] = []
    for (const candidate of candidates) {
      const outcome = decodeFinishReason(candidate.finishReason)
      outcomes[candidate.index] = outcome
      candidate.end(outcome.status === 'completed', emit)
    }
    items.closeAll(emit)
    const first = candidates.find(({ index }) => index === 0)
    if (first && isBroken(first.finishReason)) return fail(failureOfReason(first.finishReason, first.finishMessage), emit)
    over = true
    spend(emit)
    const outcome = candidates.length > 0 ? outcomeOf(outcomes) : ({ status: 'incomplete', reason: 'content_filter' } as const)
    emit({ type: 'turn-end', outcome, ...extras(outcomes) })
  }

  /** What is said of the answer and of its candidates, in the shape in which it came. */
  function extras(outcomes: readonly ChoiceOutcome[]): { extras?: Extras } {
    const all = Array.from(outcomes, (outcome, index) => {
      const candidate = candidates.find((each) => each.index === index)
      const { finishReason, finishMessage } = candidate ?? {}
      const reason = outcome && finishReason !== encodeFinishReason(outcome) ? finishReason : undefined
      return { ...candidate?.rest, ...known({ finishReason: reason, finishMessage }) }
    })
    const counts = restOfUsage(usage)
    return extrasOf('generate-content', {
      ...rest,
      ...(all.some(isFilled) && { candidates: all }),
      ...(isFilled(counts) && { usageMetadata: counts }),
    })
  }

  return {
    fail,
    read(wire, emit) {
      if (over) return
      const chunk = camelCased(wire)
      if (chunk.error) return fail(decodeErrorInAnswer(chunk), emit)
      if (!started) start(chunk, emit)
      // A chunk may tell less of it than the one before.
      if (isRecord(chunk.usageMetadata)) usage = { ...usage, ...camelCased(chunk.usageMetadata) }
      for (const [place, candidate] of listOf(chunk.candidates).entries())
        // The index 0 may be left out on the wire.
        if (isRecord(candidate)) candidateAt(isChoice(candidate.index) ? candidate.index : place).read(candidate, emit)
      for (const field in chunk) if (!readElsewhere.has(field) && chunk[field] !== null) rest[field] = chunk[field]
      // That nothing good will follow is known here: in the native lane this chunk itself is the last one.
      if (isBroken(candidates.find(({ index }) => index === 0)?.finishReason)) finish(emit)
    },
    end(whole, emit) {
      if (over) return
      if (candidates.length === 0 && !isBlocked(rest.promptFeedback)) return fail(started ? empty : cut, emit)
      if (whole || candidates.every(({ finishReason }) => finishReason !== undefined)) finish(emit)
      else fail(cut, emit)
    },
  }
}

const cut: UpstreamFailure = { kind: 'cut', message: 'The stream of the provider ended before its answer did.' }
// Taken for an answer, it would be a success that says nothing.
const empty: UpstreamFailure = { kind: 'malformed', message: 'The provider sent an answer without candidates.' }
