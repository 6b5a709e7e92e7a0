// Google's batchEmbedContents: one request for each text, and the model in the URL.
import { decodeError, encodeError } from '../../generate/generate-content/error.js'
import { addressOf } from '../../generate/generate-content/address.js'
import type { PlainDialect } from '../../plain-dialect.js'
import type { Embedded, Embedding } from '../canonical.js'
import { decodeRequest, encodeRequest } from './request.js'
import { decodeResponse, encodeResponse } from './response.js'
import type { BatchEmbedContentsRequest, BatchEmbedContentsResponse } from './wire.js'

export const embedContent: PlainDialect<Embedding, Embedded, BatchEmbedContentsRequest, BatchEmbedContentsResponse> = {
  name: 'embed-content',
  request: { decode: decodeRequest, encode: encodeRequest },
  address: ({ model, ...body }) => ({ path: addressOf(model, 'batchEmbedContents'), body }),
  response: { decode: decodeResponse, encode: encodeResponse },
  error: { decode: decodeError, encode: encodeError },
}
