import type { completions } from '@weir/contracts'
import type { Answering } from '../../dialect.js'
import type { Part } from '../canonical/part.js'
import type { Generated } from '../canonical/response.js'
import { encodeUsage } from '../chat-completions/usage.js'
import { failureError } from '../failure-error.js'
import { encodeOpenAiError } from '../openai-error.js'
import { echoOf } from './echo.js'
import { endedChoices, finishReason } from './finish-reason.js'
import { logProbWriter } from './logprobs.js'

/**
 * The answer as a text completion. A refusal is text. Reasoning, calls, citations and the tier of service have no place there and are
 * left out.
 */
export function encodeResponse(canonical: Generated, answering: Answering): completions.Completion {
  const { items, outcome, usage } = canonical
  const count = items.reduce((most, { choice = 0 }) => Math.max(most, choice + 1), Math.max(1, endedChoices(outcome)))
  return {
    id: answering.id,
    object: 'text_completion',
    created: answering.createdAt,
    model: answering.model,
    provider: answering.provider,
    choices: Array.from({ length: count }, (_, index) => encodeChoice(canonical, index, answering)),
    ...(usage && { usage: encodeUsage(usage) }),
    ...(outcome.status === 'failed' && encodeOpenAiError(failureError(outcome.failure)).body),
  }
}

function encodeChoice({ items, outcome }: Generated, index: number, { asked }: Answering): completions.CompletionChoice {
  const parts = items.flatMap((item) => (item.type === 'message' && (item.choice ?? 0) === index ? item.content : []))
  const logprobs = parts.flatMap((part) => (part.type === 'text' ? (part.logprobs ?? []) : []))
  return {
    text: echoOf(asked) + parts.map(textOf).join(''),
    index,
    logprobs: logprobs.length > 0 ? logProbWriter(asked)(logprobs) : null,
    finish_reason: finishReason(outcome, index),
  }
}

function textOf(part: Part): string {
  if (part.type === 'text') return part.text
  return part.type === 'refusal' ? part.refusal : ''
}
