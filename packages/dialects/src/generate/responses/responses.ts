import type { responses as wire } from '@weir/contracts'
import type { Dialect, SseFrame } from '../../dialect.js'
import { decodeOpenAiError, encodeOpenAiError } from '../openai-error.js'
import { decodeRequest } from './request-decode.js'
import { encodeRequest } from './request-encode.js'
import { decodeResponse } from './response-decode.js'
import { encodeResponse } from './response-encode.js'
import { retarget } from './retarget.js'
import { decodeStream } from './stream-decode.js'
import { encodeStream } from './stream-encode.js'

/** OpenAI's Responses: the language that every model answers in here, and that some upstreams speak themselves. */
export const responses = {
  name: 'responses',
  request: { decode: decodeRequest, encode: encodeRequest },
  response: { decode: decodeResponse, encode: encodeResponse },
  stream: { decode: decodeStream, encode: encodeStream },
  error: { decode: decodeOpenAiError, encode: encodeOpenAiError },
  retarget,
} satisfies Dialect<wire.ResponsesRequest, wire.ResponseObject, SseFrame>

export { normalize } from './chat-fields.js'
export { idKindOf } from './output-items.js'
export { inProgressResponse } from './response-encode.js'
