import type { chat } from '@weir/contracts'
import type { Dialect, SseFrame } from '../../dialect.js'
import { encodeOpenAiError } from '../openai-error.js'
import { decodeError } from './error.js'
import { decodeRequest, encodeRequest } from './request.js'
import { decodeResponse, encodeResponse } from './response.js'
import { retarget } from './retarget.js'
import { decodeStream } from './stream-decode.js'
import { encodeStream } from './stream-encode.js'

/** Chat Completions: OpenAI's wire language, and that of the many servers that copied it. */
export const chatCompletions = {
  name: 'chat-completions',
  request: { decode: decodeRequest, encode: encodeRequest },
  response: { decode: decodeResponse, encode: encodeResponse },
  stream: { decode: decodeStream, encode: encodeStream },
  error: { decode: decodeError, encode: encodeOpenAiError },
  retarget,
} as const satisfies Dialect<chat.ChatCompletionsRequest, chat.ChatCompletion, SseFrame>
