import type { Dialect, SseFrame } from '../../dialect.js'
import { decodeAwsEventStream } from '../../framing/aws-event-stream.js'
import { address } from './address.js'
import { decodeError, encodeError } from './error.js'
import { decodeRequest } from './request-decode.js'
import { encodeRequest } from './request-encode.js'
import { decodeResponse, encodeResponse } from './response.js'
import { retarget } from './retarget.js'
import { decodeStream } from './stream-decode.js'
import { encodeStream } from './stream-encode.js'
import type { ConverseRequest, ConverseResponse } from './wire.js'

/** Converse: what every model of Amazon Bedrock speaks. Upstream only: no caller is answered in it. */
export const converse = {
  name: 'converse',
  request: { decode: decodeRequest, encode: encodeRequest },
  response: { decode: decodeResponse, encode: encodeResponse },
  stream: { framing: () => decodeAwsEventStream(), decode: decodeStream, encode: encodeStream },
  error: { decode: decodeError, encode: encodeError },
  address,
  retarget,
} as const satisfies Dialect<ConverseRequest, ConverseResponse, SseFrame>

export type { ConverseRequest, ConverseResponse } from './wire.js'
