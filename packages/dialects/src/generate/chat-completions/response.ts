import { mintId, type chat, type LogProb } from '@weir/contracts'
import { MalformedAnswer, type Answering } from '../../dialect.js'
import { longestCallId } from '../call-id-of.js'
import { extrasOf } from '../canonical/extras.js'
import type { ForeignItem, Item, ReasoningItem, ToolCallItem } from '../canonical/item.js'
import type { Part, TextPart } from '../canonical/part.js'
import type { ChoiceOutcome, Generated, Outcome } from '../canonical/response.js'
import { encodeAnnotation, decodeAnnotations } from './annotations.js'
import { readContent } from './answer-content.js'
import { decodeErrorInAnswer, errorBody } from './error.js'
import { failureError } from '../failure-error.js'
import { decodeFinishReason, encodeFinishReason, isFailed } from './map-finish-reason.js'
import { isList, isNumber, isRecord, isString, known, objects, taking, type Loose } from '../narrow.js'
import { isChoice, outcomeOf } from '../outcome-of.js'
import { decodeToolCall, encodeToolCall } from './tool-calls.js'
import { flattenTools, type FlatTools } from '../tools/flatten.js'
import { decodeUsage, encodeUsage } from './usage.js'
import { withExtras } from './with-extras.js'

/** A chat completion. An `error` object with status 200 is an answer that failed. Throws `MalformedAnswer` for anything else. */
export function decodeResponse(wire: unknown): Generated {
  if (!isRecord(wire)) throw new MalformedAnswer('The provider sent no JSON object.')
  const { take, rest } = taking(wire)
  take('object', isString)
  const head = known({
    id: take('id', isString) || undefined,
    model: take('model', isString) || undefined,
    createdAt: take('created', isNumber),
  })
  const choices = take('choices', isList)
  if (wire.error && !choices?.length)
    return { ...head, items: [], outcome: { status: 'failed', failure: decodeErrorInAnswer(wire) } }
  // Without choices it would be a success that says nothing.
  if (!choices?.length) throw new MalformedAnswer('The provider sent an object without choices.')

  const items: Item[] = []
  const outcomes: ChoiceOutcome[] = []
  let usage = decodeUsage(take('usage', isRecord))
  for (const [place, choice] of choices.entries()) {
    if (!isRecord(choice)) throw new MalformedAnswer(`choices[${place}] is no object.`)
    if (isRecord(choice.error) || isFailed(choice.finish_reason))
      return { ...head, items, outcome: { status: 'failed', failure: decodeErrorInAnswer({ error: choice.error }) } }
    const index = isChoice(choice.index) ? choice.index : place
    const outcome = decodeFinishReason(choice.finish_reason)
    outcomes[index] = outcome
    usage ??= decodeUsage(choice.usage)
    items.push(...decodeChoice(choice, index, outcome))
  }
  return {
    ...head,
    items,
    outcome: outcomeOf(outcomes),
    ...known({ usage, serviceTier: take('service_tier', isString) }),
    ...extrasOf('chat-completions', rest),
  }
}

/** Reasoning, what is said, calls: the order in which a stream brings them. The last item bears an early end. */
function decodeChoice(choice: Loose, index: number, outcome: ChoiceOutcome): Item[] {
  const message = isRecord(choice.message) ? choice.message : {}
  const place = index === 0 ? {} : { choice: index }
  const { text, thinking } = readContent(message.content)
  const reasoning =
    (isString(message.reasoning_content) && message.reasoning_content) ||
    (isString(message.reasoning) && message.reasoning) ||
    thinking
  const logprobs = isRecord(choice.logprobs) ? choice.logprobs : {}
  const annotations = decodeAnnotations(message.annotations)
  const content: Part[] = []
  if (text || annotations.length > 0) content.push(textPart(text, annotations, logprobs.content))
  if (isString(message.refusal) && message.refusal) content.push({ type: 'refusal', refusal: message.refusal })

  const items: Item[] = []
  if (reasoning) items.push({ type: 'reasoning', ...place, summary: [], content: [reasoning] })
  if (content.length > 0) items.push({ type: 'message', role: 'assistant', status: 'completed', ...place, content })
  const legacy = isRecord(message.function_call) ? [{ type: 'function', function: message.function_call }] : []
  for (const call of isList(message.tool_calls) ? message.tool_calls : legacy)
    items.push(decodeToolCall(call, { ...place, status: 'completed', callId: mintId('call'), longestId: longestCallId }))
  const last = items.pop()
  if (last) items.push(outcome.status === 'incomplete' ? { ...last, status: 'incomplete' } : last)
  return items
}

function textPart(text: string, annotations: NonNullable<TextPart['annotations']>, logprobs: unknown): TextPart {
  return {
    type: 'text',
    text,
    ...(annotations.length > 0 && { annotations }),
    ...known({ logprobs: objects<LogProb>(logprobs) }),
  }
}

/** The answer as a chat completion, under the ids by which the caller knows it. */
export function encodeResponse(canonical: Generated, answering: Answering): chat.ChatCompletion {
  const count =
    1 + canonical.items.reduce((last, item) => Math.max(last, item.choice ?? 0), (outcomeCount(canonical.outcome) || 1) - 1)
  const nameOf = flattenTools(answering.asked, { customTools: true }).nameOf
  const completion: chat.ChatCompletion = {
    id: answering.id,
    object: 'chat.completion',
    created: answering.createdAt,
    model: answering.model,
    provider: answering.provider,
    choices: Array.from({ length: count }, (_, index) => encodeChoice(canonical, index, nameOf)),
    ...(canonical.usage && { usage: encodeUsage(canonical.usage) }),
    ...(canonical.serviceTier !== undefined && { service_tier: canonical.serviceTier }),
  }
  const failure = canonical.outcome.status === 'failed' && errorBody(failureError(canonical.outcome.failure))
  return { ...canonical.extras?.['chat-completions'], ...completion, ...failure }
}

const outcomeCount = (outcome: Outcome): number => (outcome.status === 'failed' ? 0 : (outcome.choices?.length ?? 0))

function encodeChoice(canonical: Generated, index: number, nameOf: FlatTools['nameOf']): chat.ChatChoice {
  const items = canonical.items.filter((item) => (item.choice ?? 0) === index)
  const parts = items.flatMap((item) => (item.type === 'message' ? item.content : []))
  const texts = parts.filter((part) => part.type === 'text')
  const refusal = parts.flatMap((part) => (part.type === 'refusal' ? [part.refusal] : [])).join('')
  const reasoning = items
    .filter((item) => item.type === 'reasoning')
    .map(reasoningText)
    .filter(Boolean)
    .join('\n\n')
  const calls = items.filter((item) => item.type === 'tool-call' || item.type === 'foreign').filter(isSayable)
  const annotations = texts.flatMap((part) => part.annotations ?? [])
  const logprobs = texts.flatMap((part) => part.logprobs ?? [])
  const text = texts.map((part) => part.text).join('')
  const outcome = canonical.outcome
  const ending = outcome.status === 'failed' ? ({ status: 'completed' } as const) : (outcome.choices?.[index] ?? outcome)
  return {
    index,
    message: {
      role: 'assistant',
      content: text !== '' || (calls.length === 0 && refusal === '') ? text : null,
      refusal: refusal === '' ? null : refusal,
      ...(reasoning !== '' && { reasoning_content: reasoning }),
      ...(annotations.length > 0 && { annotations: annotations.map(encodeAnnotation) }),
      ...(calls.length > 0 && { tool_calls: calls.map((call) => encodeCall(call, nameOf)) }),
    },
    logprobs: logprobs.length > 0 ? { content: logprobs, refusal: null } : null,
    finish_reason: encodeFinishReason(ending, calls.length > 0),
  }
}

/** A foreign item goes out in the dialect that it came in, and in no other. */
const isSayable = (call: ToolCallItem | ForeignItem): boolean => call.type === 'tool-call' || call.dialect === 'chat-completions'

/** The summary where there is one, for it was made to be read; else the reasoning itself. A stream shows the same. */
const reasoningText = (item: ReasoningItem): string =>
  (item.summary.length > 0 ? item.summary : (item.content ?? [])).join('\n\n')

function encodeCall(call: ToolCallItem | ForeignItem, nameOf: FlatTools['nameOf']): chat.ChatToolCall {
  // A call of a kind that is newer than the code goes out as it came.
  if (call.type === 'foreign') return call.wire as chat.ChatToolCall
  return withExtras(encodeToolCall(call, nameOf(call)), call.extras?.['chat-completions'])
}
