import type { generateContent as wire } from '@weir/contracts'
import type { Dialect, SseFrame } from '../../dialect.js'
import { address } from './address.js'
import { decodeError, encodeError } from './error.js'
import { decodeRequest } from './request-decode.js'
import { encodeRequest } from './request-encode.js'
import { decodeResponse, encodeResponse } from './response.js'
import { retarget } from './retarget.js'
import { decodeStream } from './stream-decode.js'
import { encodeStream } from './stream-encode.js'

/** Google's generateContent: the language of Gemini, which says the model and whether to stream in its URL. */
export const generateContent = {
  name: 'generate-content',
  request: { decode: decodeRequest, encode: encodeRequest },
  response: { decode: decodeResponse, encode: encodeResponse },
  stream: { decode: decodeStream, encode: encodeStream },
  error: { decode: decodeError, encode: encodeError },
  address,
  retarget,
} as const satisfies Dialect<wire.GenerateContentRequest, wire.GenerateContentResponse, SseFrame>
