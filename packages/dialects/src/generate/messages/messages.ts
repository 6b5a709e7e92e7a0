import type { messages as wire } from '@weir/contracts'
import type { Dialect, SseFrame } from '../../dialect.js'
import { decodeError, encodeError } from './error.js'
import { decodeRequest } from './request-decode.js'
import { encodeRequest } from './request-encode.js'
import { decodeResponse } from './response-decode.js'
import { encodeResponse } from './response-encode.js'
import { retarget } from './retarget.js'
import { decodeStream } from './stream-decode.js'
import { encodeStream } from './stream-encode.js'

/** Messages: Anthropic's wire language, and that of the servers that copied it for the sake of its clients. */
export const messages = {
  name: 'messages',
  request: { decode: decodeRequest, encode: encodeRequest },
  response: { decode: decodeResponse, encode: encodeResponse },
  stream: { decode: decodeStream, encode: encodeStream },
  error: { decode: decodeError, encode: encodeError },
  retarget,
} as const satisfies Dialect<wire.MessagesRequest, wire.MessagesResponse, SseFrame>
