import type { responses } from '@weir/contracts'
import type { Answering } from '../../dialect.js'
import type { Extras } from '../canonical/extras.js'
import type { Format, Generation } from '../canonical/request.js'
import type { Generated, Outcome, UpstreamFailure } from '../canonical/response.js'
import type { Usage } from '../canonical/usage.js'
import { encodeOutputItem, idOf, isShown } from './output-items.js'
import { encodeText } from './request-encode.js'
import { encodeToolChoice } from './tool-choice.js'
import { echoTools } from './tools.js'
import { encodeUsage } from './usage.js'

/** A whole answer as the response object. Ids are expected to stand on the items; one without gets a fresh one. */
export function encodeResponse(answer: Generated, answering: Answering): responses.ResponseObject {
  const shown = answer.items.filter(isShown)
  const ending = answer.outcome.status === 'incomplete' ? 'incomplete' : 'completed'
  const output = shown.map((item, index) => encodeOutputItem(item, idOf(item), index === shown.length - 1 ? ending : 'completed'))
  return terminalResponse(answering, output, answer)
}

/** What an answer says when it ends, besides its items. */
export type Ending = Pick<Generated, 'outcome' | 'usage' | 'serviceTier' | 'extras'>

/** The response object at its end. Whether it is stored is read now, since keeping it may have failed. */
export function terminalResponse(answering: Answering, output: responses.OutputItem[], ending: Ending): responses.ResponseObject {
  const { outcome, usage, serviceTier, extras } = ending
  return responseObject(answering, {
    status: outcome.status,
    completedAt: outcome.status === 'completed' ? (answering.endedAt ?? Math.floor(Date.now() / 1000)) : null,
    output,
    outcome,
    usage,
    // The tier that was really used: what was asked for says nothing of it.
    serviceTier,
    extras,
  })
}

/** The response object while it is being made: what `response.created` and `response.in_progress` carry. */
export function inProgressResponse(
  answering: Answering,
  status: 'queued' | 'in_progress' = 'in_progress',
): responses.ResponseObject {
  return responseObject(answering, { status, completedAt: null, output: [], serviceTier: answering.asked.serviceTier })
}

interface Facts {
  readonly status: responses.ResponseStatus
  readonly completedAt: number | null
  readonly output: responses.OutputItem[]
  readonly outcome?: Outcome
  readonly usage?: Usage | undefined
  readonly serviceTier: string | undefined
  readonly extras?: Extras | undefined
}

/** Every key that Open Responses asks for is there; those that it will not have null are never null. */
function responseObject(answering: Answering, facts: Facts): responses.ResponseObject {
  const { asked } = answering
  const { outcome } = facts
  return {
    ...facts.extras?.responses,
    id: answering.id,
    object: 'response',
    created_at: answering.createdAt,
    status: facts.status,
    completed_at: facts.completedAt,
    error:
      outcome?.status === 'failed' ? { code: codeOfFailure(outcome.failure), message: messageOfFailure(outcome.failure) } : null,
    incomplete_details: outcome?.status === 'incomplete' ? { reason: outcome.reason } : null,
    model: answering.model,
    provider: answering.provider,
    output: facts.output,
    usage: facts.usage ? encodeUsage(facts.usage) : null,
    service_tier: facts.serviceTier ?? 'default',
    store: answering.stored,
    ...echo(asked),
  }
}

/** What was asked, repeated, with OpenAI's defaults where nothing was. */
function echo(asked: Generation) {
  const { sampling, state, format, verbosity, reasoning } = asked
  return {
    background: state.background ?? false,
    previous_response_id: state.previousResponseId ?? null,
    ...(state.conversation !== undefined && { conversation: { id: state.conversation } }),
    instructions: asked.instructions ?? null,
    tools: echoTools(asked.tools ?? []),
    tool_choice: (asked.toolChoice && encodeToolChoice(asked.toolChoice, [])) ?? 'auto',
    parallel_tool_calls: asked.parallelToolCalls ?? true,
    max_tool_calls: asked.maxToolCalls ?? null,
    max_output_tokens: sampling.maxOutputTokens ?? null,
    temperature: sampling.temperature ?? 1,
    top_p: sampling.topP ?? 1,
    top_logprobs: sampling.topLogprobs ?? 0,
    presence_penalty: sampling.presencePenalty ?? 0,
    frequency_penalty: sampling.frequencyPenalty ?? 0,
    text: echoText(format ?? { type: 'text' }, verbosity),
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    truncation: asked.truncation ?? 'disabled',
    metadata: { ...state.metadata },
    user: asked.user ?? null,
    safety_identifier: asked.safetyIdentifier ?? null,
    prompt_cache_key: asked.promptCacheKey ?? null,
  }
}

/** As OpenAI's own echo has it: what was not said of a schema is there too. */
function echoText(format: Format, verbosity: string | undefined): responses.TextOptions {
  const text = encodeText(format, verbosity)
  if (text.format?.type !== 'json_schema') return text
  return {
    ...text,
    format: { ...text.format, description: text.format.description ?? null, strict: text.format.strict ?? false },
  }
}

/** Codes of a failed response that OpenAI documents or sends; a provider's own, if it is one of these, is kept. */
const known =
  /^(server_error|server_is_overloaded|rate_limit_exceeded|insufficient_quota|context_length_exceeded|invalid_prompt|data_residency_mismatch|bio_policy|misalignment_policy_violation|vector_store_timeout|cancelled|(invalid|unsupported|empty)_(image|base64).*|image_.*|failed_to_download_image)$/

/** `error.code` of a failed response and of a stream's `error` event. */
export function codeOfFailure(failure: UpstreamFailure): string {
  if (failure.code !== undefined && known.test(failure.code)) return failure.code
  switch (failure.kind) {
    case 'rate-limited':
      return 'rate_limit_exceeded'
    // Clients compact and go on when they read this one.
    case 'context-length':
      return 'context_length_exceeded'
    case 'rejected':
      return 'invalid_prompt'
    default:
      return 'server_error'
  }
}

/** What the caller reads of it. A provider that refuses the gateway's credentials may repeat part of them. */
export function messageOfFailure({ kind, message }: UpstreamFailure): string {
  return kind === 'unauthorized' ? 'The provider refused the credentials of this account.' : message
}
