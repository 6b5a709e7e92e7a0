import type { SseFrame } from '../../dialect.js'
import type { Reader } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import { extrasOf } from '../canonical/extras.js'
import type { ChoiceOutcome, UpstreamFailure } from '../canonical/response.js'
import { decodeErrorInAnswer } from './error.js'
import { decodeFinishReason, isFailed } from './map-finish-reason.js'
import { isNumber, isRecord, isString, known, type Loose } from '../narrow.js'
import { choiceReader, type ChoiceReader } from './choice-reader.js'
import { openItems } from '../open-items.js'
import { isChoice, outcomeOf } from '../outcome-of.js'
import { parsed } from '../parsed.js'
import { decodeUsage } from './usage.js'

type Emit = (event: Event) => void

/**
 * Chunks to events. Usage comes after the finish reason, so the end is told at `[DONE]`, or where the stream ends once each
 * choice has a finish reason: many servers leave `[DONE]` out. Anything after the end or an error is ignored.
 */
export function decodeStream(): Reader<SseFrame, Event> {
  const items = openItems()
  const choices: ChoiceReader[] = []
  const head: Loose = {}
  const tail: Loose = {}
  let started = false
  let over = false
  let usage: unknown
  let serviceTier: string | undefined

  function start(chunk: Loose, emit: Emit): void {
    started = true
    emit({
      type: 'turn-start',
      ...known({
        id: (isString(chunk.id) && chunk.id) || undefined,
        model: (isString(chunk.model) && chunk.model) || undefined,
        createdAt: isNumber(chunk.created) ? chunk.created : undefined,
      }),
      ...extrasOf('chat-completions', { ...head }),
    })
  }

  function fail(failure: UpstreamFailure, emit: Emit): void {
    over = true
    const spent = decodeUsage(usage)
    if (spent) emit({ type: 'usage', usage: spent })
    emit({ type: 'error', failure })
  }

  function finish(emit: Emit): void {
    over = true
    const outcomes: (ChoiceOutcome | undefined)[] = []
    for (const choice of choices) {
      choice.end(emit)
      outcomes[choice.index] = choice.outcome
    }
    items.closeAll(emit)
    const spent = decodeUsage(usage)
    if (spent) emit({ type: 'usage', usage: spent })
    emit({
      type: 'turn-end',
      outcome: outcomeOf(outcomes),
      ...(serviceTier !== undefined && { serviceTier }),
      ...extrasOf('chat-completions', tail),
    })
  }

  /** What a chunk says beside its choices: only the first and the last ones do, so the others are spared the search. */
  function aside(chunk: Loose): void {
    for (const field in chunk) {
      const value = chunk[field]
      if (value === null || value === undefined || chunkFields.has(field)) continue
      if (field === 'x_groq' && isRecord(value)) {
        const { usage: spent, ...rest } = value
        usage ??= spent
        if (!started || JSON.stringify(rest) !== JSON.stringify(head[field])) (started ? tail : head)[field] = rest
      } else if (!started) head[field] = value
      else if (head[field] !== value) tail[field] = value
    }
    if (isString(chunk.service_tier)) serviceTier = chunk.service_tier
  }

  function choiceOf(index: number): ChoiceReader {
    const first = choices[0]
    if (first?.index === index) return first
    let choice = choices.find((each) => each.index === index)
    if (!choice) {
      choice = choiceReader(index, items)
      choices.push(choice)
    }
    return choice
  }

  return {
    push(frame, emit) {
      if (over) return
      const { data } = frame
      if (data.charCodeAt(0) !== 123) {
        const text = data.trim()
        if (text === '') return
        if (text === '[DONE]') return choices.length > 0 ? finish(emit) : fail(empty, emit)
      }
      const chunk = parsed(data)
      if (!isRecord(chunk)) return fail(malformed, emit)
      if (isFailure(chunk, frame)) return fail(decodeErrorInAnswer(chunk), emit)

      const list = Array.isArray(chunk.choices) ? chunk.choices : []
      const spent = chunk.usage
      if (spent) usage = spent
      if (!started) {
        aside(chunk)
        if (list.length > 0 || chunk.id) start(chunk, emit)
      } else if (spent || list.length === 0) aside(chunk)

      for (let place = 0; place < list.length; place++) {
        const wire: unknown = list[place]
        if (!isRecord(wire)) continue
        if (isRecord(wire.error) || isFailed(wire.finish_reason)) return fail(decodeErrorInAnswer({ error: wire.error }), emit)
        const choice = choiceOf(isChoice(wire.index) ? wire.index : place)
        choice.read(wire, emit)
        const reason = wire.finish_reason
        // Some servers send an empty string until the end.
        if (reason) {
          choice.outcome = decodeFinishReason(reason)
          if (!spent) aside(chunk)
        }
        if (wire.usage && !spent) usage = wire.usage
      }
    },
    end(emit) {
      if (over) return
      if (choices.length > 0 && choices.every((choice) => choice.outcome)) finish(emit)
      else fail(cut, emit)
    },
  }
}

/** Fields that are read elsewhere or say nothing: `obfuscation` is random padding. */
const chunkFields = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'service_tier', 'obfuscation', 'error'])

const cut: UpstreamFailure = { kind: 'cut', message: 'The stream of the provider ended before its answer did.' }
// Taken for an answer, it would be a success that says nothing.
const empty: UpstreamFailure = { kind: 'malformed', message: 'The provider sent a stream without choices.' }
const malformed: UpstreamFailure = { kind: 'malformed', message: 'The provider sent a chunk that is not a JSON object.' }

/** An error where a chunk should be: servers send it with status 200 once a stream has begun. */
function isFailure(chunk: Loose, frame: SseFrame): boolean {
  if (chunk.error || frame.event === 'error') return true
  return chunk.choices === undefined && (chunk.object === 'error' || chunk.detail !== undefined)
}
