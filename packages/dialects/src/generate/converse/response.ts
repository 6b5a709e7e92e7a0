import { MalformedAnswer, type Answering } from '../../dialect.js'
import { extrasOf } from '../canonical/extras.js'
import type { Item } from '../canonical/item.js'
import type { Part } from '../canonical/part.js'
import type { Generated, Outcome } from '../canonical/response.js'
import { failureError } from '../failure-error.js'
import { isList, isRecord, isString, known, overlay, taking, type Loose } from '../narrow.js'
import { flattenTools, type FlatTools } from '../tools/flatten.js'
import { argumentsObject, functionArguments } from '../tools/arguments.js'
import { decodeBlocks } from './blocks-decode.js'
import { encodeCitation } from './citations.js'
import { decodeException, encodeError } from './error.js'
import { decodeStopReason, encodeStopReason } from './map-stop-reason.js'
import { documentNames } from './media.js'
import { encodeParts, withExtras } from './parts-encode.js'
import { encodeReplay, reasoningText } from './reasoning.js'
import { encodeCallId } from './tool-ids.js'
import { decodeUsage, encodeUsage } from './usage.js'
import type { ContentBlock, ConverseResponse } from './wire.js'

/** A whole answer. An error with status 200 is an answer that failed. Throws `MalformedAnswer` for anything else. */
export function decodeResponse(wire: unknown): Generated {
  if (!isRecord(wire)) throw new MalformedAnswer('The provider sent no JSON object.')
  const message = isRecord(wire.output) ? wire.output.message : undefined
  if (isString(wire.__type)) return { items: [], outcome: { status: 'failed', failure: decodeException(wire.__type, wire) } }
  if (!isRecord(message) || !isList(message.content)) throw new MalformedAnswer('The provider sent an object without a message.')
  const outcome = decodeStopReason(wire.stopReason)
  const items = decodeBlocks(message.content, { role: 'assistant', status: 'completed' })
  const last = items.pop()
  if (last) items.push(outcome.status === 'completed' ? last : { ...last, status: 'incomplete' })
  const { output: _, stopReason: __, ...rest } = wire
  const { usage, ...tail } = decodeTail(rest)
  return { items, outcome, ...known({ usage }), ...(outcome.status !== 'failed' && tail) }
}

/** What an answer says beside its message: its usage and its tier, and what only this dialect has. */
export function decodeTail(wire: Loose): Pick<Generated, 'usage' | 'serviceTier' | 'extras'> {
  const { take, rest } = taking(wire)
  const spent = take('usage', isRecord)
  const tier = taking(take('serviceTier', isRecord) ?? {})
  const serviceTier = tier.take('type', isString)
  // Random padding of the frames of a stream.
  take('p', isString)
  // How long what was written to the cache stays there.
  if (isList(spent?.cacheDetails) && spent.cacheDetails.length > 0) rest.usage = { cacheDetails: spent.cacheDetails }
  return { ...known({ usage: decodeUsage(spent), serviceTier }), ...extrasOf('converse', rest) }
}

/** The answer as Bedrock would give it. */
export function encodeResponse(canonical: Generated, answering: Answering): ConverseResponse {
  const { items, outcome, extras } = canonical
  const flat = flattenTools(answering.asked, { customTools: false, plainNames: true })
  const shown = items.filter((item) => (item.choice ?? 0) === 0)
  const content = shown.flatMap((item) => encodeAnswerItem(item, flat))
  const stopReason = encodeStopReason(
    outcome,
    shown.some(({ type }) => type === 'tool-call'),
  )
  const response: ConverseResponse = {
    output: { message: { role: 'assistant', content } },
    ...known({ stopReason }),
    ...encodeTail(canonical),
    ...(stopReason === undefined && failureBody(outcome)),
  }
  // Extras are fields beside those of the answer, or beside those of its usage.
  return overlay({ ...response }, extras?.converse ?? {}) as ConverseResponse
}

export const encodeTail = ({ usage, serviceTier }: Pick<Generated, 'usage' | 'serviceTier'>): Loose => ({
  ...(usage && { usage: encodeUsage(usage) }),
  ...(serviceTier !== undefined && { serviceTier: { type: serviceTier } }),
})

const failureBody = (outcome: Outcome): object =>
  outcome.status === 'failed' ? encodeError(failureError(outcome.failure)).body : {}

function encodeAnswerItem(item: Item, flat: FlatTools): readonly ContentBlock[] {
  switch (item.type) {
    case 'message':
      return encodeParts(item.content.filter(isShown), '', documentNames(), [])
    case 'reasoning': {
      const text = reasoningText(item)
      const reasoningContent = encodeReplay(item.replay) ?? (text === '' ? undefined : { reasoningText: { text } })
      return reasoningContent ? withExtras({ reasoningContent }, item.extras?.converse) : []
    }
    case 'tool-call': {
      const text = functionArguments(item)
      const toolUse = {
        toolUseId: encodeCallId(item.callId),
        name: flat.nameOf(item),
        input: argumentsObject(text) ?? { input: text },
      }
      return withExtras({ toolUse }, item.extras?.converse)
    }
    case 'hosted-tool-call':
      // What this dialect decoded goes back as it came.
      return item.dialect === 'converse' ? [item.wire as ContentBlock] : []
    default:
      return []
  }
}

/** A text that says nothing is shown for what it cites. */
const isShown = (part: Part): boolean =>
  part.type !== 'text' || part.text !== '' || (part.annotations ?? []).some((annotation) => encodeCitation(annotation))
