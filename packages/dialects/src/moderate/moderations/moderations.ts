// OpenAI's moderations.
import type { moderations as wire } from '@weir/contracts'
import { decodeError } from '../../generate/chat-completions/error.js'
import { encodeOpenAiError } from '../../generate/openai-error.js'
import type { PlainDialect } from '../../plain-dialect.js'
import type { Moderated, Moderation } from '../canonical.js'
import { decodeRequest, encodeRequest } from './request.js'
import { decodeResponse, encodeResponse } from './response.js'

export const moderations: PlainDialect<Moderation, Moderated, wire.ModerationsRequest, wire.ModerationsResponse> = {
  name: 'moderations',
  request: { decode: decodeRequest, encode: encodeRequest },
  address: (body) => ({ path: '/moderations', body }),
  response: { decode: decodeResponse, encode: encodeResponse },
  error: { decode: decodeError, encode: encodeOpenAiError },
}
