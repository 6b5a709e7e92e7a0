import { wire } from '../plain.js'
import { must, type Caller } from './caller.js'

/** What both of OpenAI's dialects share: who asks, and errors. */
export const openAi: Pick<Caller, 'credential' | 'readsError' | 'errors' | 'malformed'> = {
  malformed: 'server_error upstream_malformed',
  credential: (key) => ({ authorization: `Bearer ${key}` }),
  readsError(body) {
    const { type, code, message, ...rest } = wire(body['error'])
    must('param' in rest && typeof message === 'string', 'an error has all of its four fields')
    return { name: `${String(type)} ${String(code)}`, message }
  },
  errors: {
    rejected: [400, 'invalid_request_error upstream_rejected'],
    unauthorized: [502, 'server_error upstream_unauthorized'],
    'not found': [404, 'invalid_request_error model_not_found'],
    'too large': [400, 'invalid_request_error upstream_rejected'],
    'rate limited': [429, 'rate_limit_error rate_limit_exceeded'],
    failed: [502, 'server_error upstream_error'],
    overloaded: [503, 'server_error unavailable'],
    'too long': [400, 'invalid_request_error context_length_exceeded'],
  },
}
