import type { generateContent as wire, LogProb } from '@weir/contracts'
import type { Answering, SseFrame } from '../../dialect.js'
import type { Reader } from '../../reader.js'
import type { Event, ReasoningDelta } from '../canonical/event.js'
import type { Extras } from '../canonical/extras.js'
import type { Item } from '../canonical/item.js'
import type { TextPart } from '../canonical/part.js'
import type { Outcome, UpstreamFailure } from '../canonical/response.js'
import type { Usage } from '../canonical/usage.js'
import { failureError } from '../failure-error.js'
import { isRecord, known } from '../narrow.js'
import { encodeError } from './error.js'
import { listOf } from './fields.js'
import { isBlocked, isBroken } from './finish-reason.js'
import { encodeItem } from './items-encode.js'
import { encodeLogprobs } from './logprobs.js'
import { contextOf, encodeCandidate, endingOf, endingOfFailure, ownFields } from './response.js'
import { encodeUsage } from './usage.js'

type Emit = (frame: SseFrame) => void

/** What is known of an item while it is written. */
interface WrittenItem {
  readonly choice: number
  /** Which of the two the first delta brought: a caller is shown the summary or the reasoning, not both. */
  reasoning?: ReasoningDelta['kind']
  part: number
  /** Whether a delta has said something of it. */
  said: boolean
}

/**
 * Events to chunks. Texts go as they come, put together from strings made once, for this is the hot path; calls go whole, for this wire
 * has no pieces of them. The last chunk says how each candidate ended and what was used.
 */
export function encodeStream(answering: Answering): Reader<Event, SseFrame> {
  const context = contextOf(answering)
  const names = JSON.stringify({ modelVersion: answering.model, responseId: answering.id }).slice(1)
  const items: (WrittenItem | undefined)[] = []
  /** By candidate, its texts so far that cite something. */
  const cited: TextPart[][] = []
  let extras: Extras | undefined
  let usage: Usage | undefined

  function write(choice: number, part: string, emit: Emit, logprobs?: readonly LogProb[]): void {
    const probabilities = logprobs ? `,"logprobsResult":${JSON.stringify(encodeLogprobs(logprobs))}` : ''
    emit({ data: `{"candidates":[{"content":{"parts":[${part}],"role":"model"},"index":${choice}${probabilities}}],${names}` })
  }

  function reason(event: ReasoningDelta, emit: Emit): void {
    const item = items[event.item]
    if (!item) return
    item.reasoning ??= event.kind
    if (item.reasoning !== event.kind) return
    const text = item.said && item.part !== event.part ? `\n\n${event.text}` : event.text
    item.part = event.part
    item.said = true
    write(item.choice, `{"text":${JSON.stringify(text)},"thought":true}`, emit)
  }

  /** What deltas have not said: the parts that are no text, a call, a signature. */
  function end(place: number, item: Item, emit: Emit): void {
    const written = items[place]
    if (!written) return
    const parts = encodeItem({ item, path: '' }, context)
    const streamed = item.type === 'reasoning' || item.type === 'message'
    const signature = parts.at(-1)?.thoughtSignature
    for (const part of parts) if (!streamed || part.text === undefined) write(written.choice, JSON.stringify(part), emit)
    if (streamed && signature !== undefined && parts.at(-1)?.text !== undefined) {
      const thought = item.type === 'reasoning' && written.said && { thought: true }
      write(written.choice, JSON.stringify({ text: '', ...thought, thoughtSignature: signature }), emit)
    }
    if (item.type !== 'message') return
    const texts = (cited[written.choice] ??= [])
    // Probabilities went with the deltas.
    for (const part of item.content)
      if (part.type === 'text') texts.push({ type: 'text', text: part.text, ...known({ annotations: part.annotations }) })
  }

  function last(candidates: wire.Candidate[], emit: Emit): void {
    const { candidates: _, usageMetadata: counts, ...own } = ownFields(extras)
    const chunk: wire.GenerateContentResponse = {
      ...(candidates.length > 0 && { candidates }),
      ...own,
      ...(usage && { usageMetadata: encodeUsage(usage, isRecord(counts) ? counts : {}) }),
      modelVersion: answering.model,
      responseId: answering.id,
    }
    emit({ data: JSON.stringify(chunk) })
  }

  function ended(index: number, ending: wire.Candidate): wire.Candidate {
    const beside = listOf(ownFields(extras).candidates)[index]
    return encodeCandidate({ index, parts: [{ text: '' }], ending, said: cited[index] ?? [], beside })
  }

  function finish(outcome: Outcome, emit: Emit): void {
    if (outcome.status === 'failed') return fail(outcome.failure, emit)
    // A prompt that was blocked has no candidates.
    if (items.length === 0 && isBlocked(ownFields(extras).promptFeedback)) return last([], emit)
    const endings = outcome.choices ?? []
    const count = items.reduce((most, item) => Math.max(most, (item?.choice ?? 0) + 1), Math.max(1, endings.length))
    last(
      Array.from({ length: count }, (_, index) => ended(index, endingOf(endings[index] ?? outcome))),
      emit,
    )
  }

  function fail(failure: UpstreamFailure, emit: Emit): void {
    if (isBroken(failure.code)) return last([ended(0, endingOfFailure(failure))], emit)
    emit({ data: JSON.stringify(encodeError(failureError(failure)).body) })
  }

  return {
    push(event, emit) {
      switch (event.type) {
        case 'text-delta': {
          const item = items[event.item]
          if (item && (event.text !== '' || event.logprobs))
            write(item.choice, `{"text":${JSON.stringify(event.text)}}`, emit, event.logprobs)
          break
        }
        case 'reasoning-delta':
          reason(event, emit)
          break
        case 'turn-start':
          extras = event.extras
          break
        case 'item-start':
          items[event.item] = { choice: event.start.choice ?? 0, part: 0, said: false }
          break
        case 'item-end':
          end(event.item, event.end, emit)
          break
        case 'usage':
          usage = event.usage
          break
        case 'turn-end':
          if (event.extras) extras = event.extras
          finish(event.outcome, emit)
          break
        case 'error':
          fail(event.failure, emit)
          break
        default:
          break
      }
    },
    end() {},
  }
}
