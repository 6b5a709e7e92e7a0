import type { ChoiceOutcome, UpstreamFailure } from '../canonical/response.js'
import { isString } from '../narrow.js'
import { fieldsOf } from './fields.js'

/** The answer was held back for what it says. */
const filtered = new Set([
  'SAFETY',
  'RECITATION',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
  'MODEL_ARMOR',
])

/** The model broke off, and what it wanted to say is lost: another try may succeed. */
const broken = new Set([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
])

export const isBroken = (reason: string | undefined): reason is string => reason !== undefined && broken.has(reason)

/** Every reason but `STOP` tells of an answer that is not whole, also one that is newer than the code: it goes by its own name. */
export function decodeFinishReason(reason: string | undefined): ChoiceOutcome {
  if (reason === undefined || reason === 'STOP' || reason === 'FINISH_REASON_UNSPECIFIED') return { status: 'completed' }
  if (reason === 'MAX_TOKENS') return { status: 'incomplete', reason: 'max_output_tokens' }
  if (filtered.has(reason)) return { status: 'incomplete', reason: 'content_filter' }
  return { status: 'incomplete', reason: reason.toLowerCase() }
}

export function encodeFinishReason(outcome: ChoiceOutcome): string {
  if (outcome.status === 'completed') return 'STOP'
  if (outcome.reason === 'max_output_tokens') return 'MAX_TOKENS'
  return outcome.reason === 'content_filter' ? 'SAFETY' : outcome.reason.toUpperCase()
}

/** What became of an answer that the model broke off. Its reason is the code, so that the same can be told again. */
export function failureOfReason(reason: string, message: unknown): UpstreamFailure {
  const said = typeof message === 'string' && message !== '' ? message : `The model ended its answer with ${reason}.`
  return { kind: 'failed', message: said, code: reason }
}

/** Whether the prompt was blocked, so that there are no candidates. */
export const isBlocked = (promptFeedback: unknown): boolean => isString(fieldsOf(promptFeedback).rest.blockReason)
