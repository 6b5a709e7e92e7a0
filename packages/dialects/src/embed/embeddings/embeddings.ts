// OpenAI's embeddings, which dozens of servers speak.
import type { embeddings as wire } from '@weir/contracts'
import { encodeOpenAiError } from '../../generate/openai-error.js'
import { decodeError } from '../../generate/chat-completions/error.js'
import type { PlainDialect } from '../../plain-dialect.js'
import type { Embedded, Embedding } from '../canonical.js'
import { decodeRequest, encodeRequest } from './request.js'
import { decodeResponse, encodeResponse } from './response.js'

export const embeddings: PlainDialect<Embedding, Embedded, wire.EmbeddingsRequest, wire.EmbeddingsResponse> = {
  name: 'embeddings',
  request: { decode: decodeRequest, encode: encodeRequest },
  address: (body) => ({ path: '/embeddings', body }),
  response: { decode: decodeResponse, encode: encodeResponse },
  error: { decode: decodeError, encode: encodeOpenAiError },
}
