import type { messages } from '@weir/contracts'
import type { Answering } from '../../dialect.js'
import type { Extras } from '../canonical/extras.js'
import type { Item } from '../canonical/item.js'
import type { Part } from '../canonical/part.js'
import type { Generated, Outcome } from '../canonical/response.js'
import type { Usage } from '../canonical/usage.js'
import { failureError } from '../failure-error.js'
import { isRecord, isString, overlay, type Loose } from '../narrow.js'
import { flattenTools, type FlatTools } from '../tools/flatten.js'
import { encodeCitation } from './citations.js'
import { errorBody } from './error.js'
import { block } from './parts.js'
import { encodeStopReason, shownBy, type Shown } from './stop-reason.js'
import { showThinking } from './thinking-block.js'
import { encodeToolUse } from './tool-use.js'
import { encodeUsage } from './usage.js'

/** A whole answer as a message, under the id by which the caller knows it. */
export function encodeResponse(answer: Generated, answering: Answering): messages.MessagesResponse {
  const items = answer.items.filter(isShown)
  const { nameOf } = flattenTools(answering.asked, { customTools: false })
  const { outcome, usage, serviceTier, extras } = answer
  const { usage: counted, ...ending } = endingOf({ outcome, usage, serviceTier, extras }, shownBy(items))
  const message: messages.MessagesResponse = {
    ...emptyMessage(answering),
    content: items.flatMap((item) => encodeItem(item, nameOf)),
    ...ending,
    usage: counted,
  }
  if (outcome.status !== 'failed') return message
  // No message at all: an error in its place, which no client takes for a success.
  return { ...message, stop_reason: null, ...errorBody(failureError(outcome.failure)) } as unknown as messages.MessagesResponse
}

/** A message as it stands at the beginning of a stream. */
export function emptyMessage(answering: Answering): messages.MessagesResponse {
  return {
    id: answering.id,
    type: 'message',
    role: 'assistant',
    model: answering.model,
    provider: answering.provider,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 0, output_tokens: 0 },
  }
}

interface Ending {
  readonly outcome: Outcome
  readonly usage: Usage | undefined
  readonly serviceTier: string | undefined
  readonly extras: Extras | undefined
}

export interface EncodedEnding {
  readonly stop_reason: string
  readonly stop_sequence: string | null
  readonly usage: messages.MessagesUsage
}

/** How an answer ended, with what only this dialect knows of that. */
export function endingOf({ outcome, usage, serviceTier, extras }: Ending, shown: Shown): EncodedEnding & Loose {
  const { usage: counted, provider: _, ...own } = extras?.messages ?? {}
  const spent: messages.MessagesUsage = {
    ...(usage ? encodeUsage(usage) : { input_tokens: 0, output_tokens: 0 }),
    ...(serviceTier !== undefined && { service_tier: serviceTier === 'default' ? 'standard' : serviceTier }),
  }
  return {
    ...own,
    stop_reason: isString(own.stop_reason) ? own.stop_reason : encodeStopReason(outcome, shown),
    stop_sequence: isString(own.stop_sequence) ? own.stop_sequence : null,
    // Extras are fields beside those that are known.
    usage: isRecord(counted) ? (overlay(spent as unknown as Loose, counted) as unknown as messages.MessagesUsage) : spent,
  }
}

/** Only the first of several alternatives has a place in a message, and only what this dialect has a form for. */
export function isShown(item: Item): boolean {
  if ((item.choice ?? 0) !== 0) return false
  if (item.type === 'hosted-tool-call' || item.type === 'foreign') return item.dialect === 'messages'
  return item.type === 'message' || item.type === 'reasoning' || item.type === 'tool-call'
}

function encodeItem(item: Item, nameOf: FlatTools['nameOf']): messages.Block[] {
  switch (item.type) {
    case 'message':
      return item.content.flatMap((part) => encodePart(part) ?? [])
    case 'reasoning': {
      const wire = showThinking(item)
      return wire ? [block(wire, item.extras?.messages)] : []
    }
    case 'tool-call':
      return [block(encodeToolUse(item, nameOf(item)), item.extras?.messages)]
    case 'hosted-tool-call':
    case 'foreign':
      // Its own wire form, as it came.
      return [item.wire as messages.Block]
    default:
      return []
  }
}

function encodePart(part: Part): messages.Block | undefined {
  switch (part.type) {
    case 'text': {
      const citations = (part.annotations ?? []).flatMap((annotation) => encodeCitation(annotation, 'shown') ?? [])
      if (part.text === '' && citations.length === 0) return undefined
      return block({ type: 'text', text: part.text, ...(citations.length > 0 && { citations }) }, part.extras?.messages)
    }
    case 'refusal':
      return part.refusal === '' ? undefined : { type: 'text', text: part.refusal }
    case 'foreign':
      // A block newer than the code goes out as it came.
      return part.dialect === 'messages' ? (part.wire as messages.Block) : undefined
    default:
      return undefined
  }
}
