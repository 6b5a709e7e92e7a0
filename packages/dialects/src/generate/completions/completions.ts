import type { completions as wire } from '@weir/contracts'
import type { IngressFace, SseFrame } from '../../dialect.js'
import { encodeOpenAiError } from '../openai-error.js'
import { decodeRequest } from './request.js'
import { encodeResponse } from './response.js'
import { encodeStream } from './stream-encode.js'

export { answerable } from './request.js'

/**
 * Completions: OpenAI's first wire language, a text that is gone on with. Callers still speak it, and their prompt goes to any model
 * as what a user says; no upstream is spoken to in it.
 */
export const completions = {
  name: 'completions',
  request: { decode: decodeRequest },
  response: { encode: encodeResponse },
  stream: { encode: encodeStream },
  error: { encode: encodeOpenAiError },
} as const satisfies IngressFace<wire.CompletionsRequest, wire.Completion, SseFrame>
