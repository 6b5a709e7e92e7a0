// Cohere's rerank, which most servers that rerank have taken over.
import type { rerank as wire } from '@weir/contracts'
import { decodeError } from '../../generate/chat-completions/error.js'
import { encodeOpenAiError } from '../../generate/openai-error.js'
import type { PlainDialect } from '../../plain-dialect.js'
import type { Reranked, Reranking } from '../canonical.js'
import { decodeRequest, encodeRequest } from './request.js'
import { decodeResponse, encodeResponse } from './response.js'

export const rerank: PlainDialect<Reranking, Reranked, wire.RerankRequest, wire.RerankResponse> = {
  name: 'rerank',
  request: { decode: decodeRequest, encode: encodeRequest },
  address: (body) => ({ path: '/rerank', body }),
  response: { decode: decodeResponse, encode: encodeResponse },
  error: { decode: decodeError, encode: encodeOpenAiError },
}
