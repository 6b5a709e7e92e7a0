import { GatewayError, type ErrorCode } from '@weir/contracts'
import { describe, expect, it } from 'vitest'
import { generateContent } from './generate-content.js'

const { decode, encode } = generateContent.error
const google = (code: number, status: string, message = 'No.', details?: object[]) => ({
  error: { code, message, status, ...(details && { details }) },
})

describe('an error of Google', () => {
  it.each([
    [400, 'INVALID_ARGUMENT', 'rejected'],
    [400, 'FAILED_PRECONDITION', 'rejected'],
    [401, 'UNAUTHENTICATED', 'unauthorized'],
    [403, 'PERMISSION_DENIED', 'unauthorized'],
    [404, 'NOT_FOUND', 'not-found'],
    [429, 'RESOURCE_EXHAUSTED', 'rate-limited'],
    [500, 'INTERNAL', 'failed'],
    [503, 'UNAVAILABLE', 'overloaded'],
    [504, 'DEADLINE_EXCEEDED', 'timeout'],
  ])('with %i %s has %s', (status, name, kind) => {
    expect(decode(status, google(status, name))).toEqual({ kind, message: 'No.', code: name, status })
  })

  it('may stand in a list of one', () => {
    expect(decode(503, [google(503, 'UNAVAILABLE')])).toMatchObject({ kind: 'overloaded', code: 'UNAVAILABLE' })
  })

  it('is exact about a key and a context that are an invalid argument to Google', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }]
    expect(decode(400, google(400, 'INVALID_ARGUMENT', 'API key not valid.', details)).kind).toBe('unauthorized')
    const long = 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'
    expect(decode(400, google(400, 'INVALID_ARGUMENT', long)).kind).toBe('context-length')
  })

  it('says when to try again, and what is at fault', () => {
    const details = [
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.07s' },
      { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'contents[0]', description: 'x' }] },
    ]
    expect(decode(429, google(429, 'RESOURCE_EXHAUSTED', 'Slow.', details))).toMatchObject({
      retryAfter: 35,
      param: 'contents[0]',
    })
  })

  it.each([
    ['a page of HTML', 502, '<html></html>', 'failed'],
    ['nothing', 429, undefined, 'rate-limited'],
    ['a status newer than the code', 418, google(418, 'TEAPOT'), 'rejected'],
    ['words', 404, 'no such page', 'not-found'],
  ])('is told from %s', (_, status, body, kind) => {
    expect(decode(status, body)).toMatchObject({ kind, status })
  })
})

describe("an error in Google's form", () => {
  it.each([
    ['invalid_value', 400, 'INVALID_ARGUMENT'],
    ['invalid_api_key', 401, 'UNAUTHENTICATED'],
    ['forbidden', 403, 'PERMISSION_DENIED'],
    ['model_not_found', 404, 'NOT_FOUND'],
    ['rate_limit_exceeded', 429, 'RESOURCE_EXHAUSTED'],
    ['client_closed', 499, 'CANCELLED'],
    ['server_error', 500, 'INTERNAL'],
    ['upstream_error', 502, 'INTERNAL'],
    ['unavailable', 503, 'UNAVAILABLE'],
    ['upstream_timeout', 504, 'DEADLINE_EXCEEDED'],
  ] satisfies [ErrorCode, number, string][])('of %s is %i %s', (code, status, name) => {
    const error = new GatewayError(code, { message: 'No.' })
    expect(encode(error)).toEqual({ status, body: { error: { code: status, message: 'No.', status: name } } })
  })

  it('tells the field and the delay so that they are read again', () => {
    const { status, body } = encode(new GatewayError('rate_limit_exceeded', { message: 'Slow.', param: 'model', retryAfter: 3 }))
    expect(decode(status, body)).toEqual({
      kind: 'rate-limited',
      message: 'Slow.',
      code: 'RESOURCE_EXHAUSTED',
      status: 429,
      retryAfter: 3,
      param: 'model',
    })
  })
})
