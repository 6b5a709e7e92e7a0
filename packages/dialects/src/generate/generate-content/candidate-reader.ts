import type { LogProb } from '@weir/contracts'
import { callIdOf } from '../call-id-of.js'
import type { Event } from '../canonical/event.js'
import type { Item } from '../canonical/item.js'
import type { OpenItem, OpenItems } from '../open-items.js'
import { isRecord, isString, type Loose } from '../narrow.js'
import { derivedId } from './call-ids.js'
import { decodeCitations } from './citations.js'
import { decodeCall } from './contents-decode.js'
import { camelCased, fieldsOf, listOf } from './fields.js'
import { hostedToolOf } from './hosted-parts.js'
import { decodeLogprobs } from './logprobs.js'
import { decodeMedia } from './parts.js'
import { decodeSignature } from './signature.js'

type Emit = (event: Event) => void

/** One alternative of an answer, read from its chunks. */
export interface CandidateReader {
  readonly index: number
  /** How it ended, once that is known. */
  finishReason: string | undefined
  finishMessage: string | undefined
  /** What else was said of it, the last word each. */
  readonly rest: Loose
  read(candidate: Loose, emit: Emit): void
  /** To be called once, before the items that are open are closed. `whole`: whether nothing is missing of it. */
  end(whole: boolean, emit: Emit): void
}

/** Of these each chunk brings its own, and what they say is in the events. */
const readElsewhere = new Set(['content', 'index', 'finishReason', 'finishMessage', 'logprobsResult'])

/**
 * Texts that follow each other are one, however they are cut; so are thoughts. A signature ends the item that it stands on, for what
 * comes after it was not signed. `key` tells the calls of this answer from those of others.
 */
export function candidateReader(index: number, items: OpenItems, key: () => string): CandidateReader {
  const place = index === 0 ? {} : { choice: index }
  let open: OpenItem | undefined
  let kind: 'message' | 'reasoning' | undefined
  let signed = false
  let calls = 0

  function close(emit: Emit): void {
    if (open) items.close(open, emit)
    open = undefined
    kind = undefined
  }

  function begin(as: 'message' | 'reasoning', emit: Emit): OpenItem {
    if (open && kind === as && !signed) return open
    close(emit)
    signed = false
    kind = as
    const start: Item =
      as === 'message'
        ? { type: 'message', role: 'assistant', status: 'in_progress', ...place, content: [] }
        : { type: 'reasoning', ...place, summary: [] }
    open = items.open(start, emit)
    return open
  }

  function add(item: OpenItem, event: Event, emit: Emit): void {
    item.assembly.add(event)
    emit(event)
  }

  function sign(item: OpenItem, payload: string, emit: Emit): void {
    signed = true
    add(item, { type: 'replay-token', item: item.number, token: decodeSignature(payload) }, emit)
  }

  function whole(start: Item, emit: Emit): OpenItem {
    close(emit)
    return items.open(start, emit)
  }

  function call(wire: Loose, beside: Loose, payload: string | undefined, emit: Emit): void {
    const callId = derivedId(key(), index, calls++)
    const { arguments: text, ...start } = decodeCall(wire, beside, { ...place, status: 'in_progress', callId })
    const item = whole({ ...start, callId: callIdOf(start.callId, () => callId), arguments: '' }, emit)
    add(item, { type: 'arguments-delta', item: item.number, text }, emit)
    if (payload !== undefined) sign(item, payload, emit)
    signed = false
    items.close(item, emit)
  }

  function text(said: string, thought: boolean, logprobs: readonly LogProb[] | undefined, emit: Emit): void {
    if (thought) {
      const item = begin('reasoning', emit)
      add(item, { type: 'reasoning-delta', item: item.number, part: 0, kind: 'summary', text: said }, emit)
      return
    }
    const item = begin('message', emit)
    const delta = { type: 'text-delta', item: item.number, part: 0, kind: 'text', text: said } as const
    add(item, logprobs ? { ...delta, logprobs } : delta, emit)
  }

  /** What is neither text nor a call is an item of its own. */
  function other(wire: Loose, emit: Emit): void {
    const tool = hostedToolOf(wire)
    const foreign = { dialect: 'generate-content', ...place, wire } as const
    if (tool !== undefined) return items.close(whole({ type: 'hosted-tool-call', tool, ...foreign }, emit), emit)
    const { take, rest } = fieldsOf(wire)
    const payload = take('thoughtSignature', isString)
    // A picture that the model only thought of is none of its answer.
    const media = rest.thought === true ? undefined : decodeMedia({ take, rest })
    if (!media) return items.close(whole({ type: 'foreign', ...foreign }, emit), emit)
    const item = whole({ type: 'message', role: 'assistant', status: 'in_progress', ...place, content: [media] }, emit)
    if (payload !== undefined) sign(item, payload, emit)
    signed = false
    items.close(item, emit)
  }

  /** Gives the probabilities that no text has taken yet. */
  function part(wire: Loose, logprobs: readonly LogProb[] | undefined, emit: Emit): readonly LogProb[] | undefined {
    const { text: said, thought, thoughtSignature, functionCall, ...beside } = camelCased(wire)
    const payload = isString(thoughtSignature) ? thoughtSignature : undefined
    if (isRecord(functionCall)) {
      call(functionCall, beside, payload, emit)
      return logprobs
    }
    if (!isString(said)) {
      other(wire, emit)
      return logprobs
    }
    const speaks = thought !== true
    // An empty text says nothing; what stands on it may.
    if (said !== '' || (speaks && logprobs)) text(said, !speaks, speaks ? logprobs : undefined, emit)
    if (payload !== undefined) {
      const goesOn = open && !signed && kind === (speaks ? 'message' : 'reasoning') ? open : undefined
      if (!goesOn) close(emit)
      sign(goesOn ?? begin('reasoning', emit), payload, emit)
    }
    return speaks ? undefined : logprobs
  }

  return {
    index,
    finishReason: undefined,
    finishMessage: undefined,
    rest: {},
    read(wire, emit) {
      const candidate = camelCased(wire)
      let logprobs: readonly LogProb[] | undefined = candidate.logprobsResult
        ? decodeLogprobs(candidate.logprobsResult)
        : undefined
      if (isRecord(candidate.content))
        for (const each of listOf(candidate.content.parts)) if (isRecord(each)) logprobs = part(each, logprobs, emit)
      if (isString(candidate.finishReason) && candidate.finishReason !== '') this.finishReason = candidate.finishReason
      if (isString(candidate.finishMessage)) this.finishMessage = candidate.finishMessage
      for (const field in candidate)
        if (!readElsewhere.has(field) && candidate[field] !== null) this.rest[field] = candidate[field]
    },
    end(isWhole, emit) {
      if (!open) return
      const said = open.assembly.item()
      const [first] = said.type === 'message' ? said.content : []
      if (first?.type === 'text')
        for (const annotation of decodeCitations(this.rest, first.text))
          add(open, { type: 'annotation', item: open.number, part: 0, annotation }, emit)
      if (!isWhole) open.status = 'incomplete'
    },
  }
}
