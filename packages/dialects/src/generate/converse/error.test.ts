import { GatewayError } from '@weir/contracts'
import { describe, expect, it } from 'vitest'
import { converse } from './converse.js'

describe('an error of Bedrock', () => {
  it.each([
    [400, { message: 'Malformed input request' }, 'rejected'],
    [400, { message: 'Input is too long for requested model.' }, 'context-length'],
    [
      400,
      { message: 'The model returned the following errors: prompt is too long: 209353 tokens > 200000 maximum' },
      'context-length',
    ],
    [400, { message: 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000' }, 'context-length'],
    [400, { message: 'The provided model identifier is invalid.' }, 'not-found'],
    [400, { message: 'Too many requests', __type: 'ServiceQuotaExceededException' }, 'rate-limited'],
    [403, { Message: 'User is not authorized to perform: bedrock:InvokeModel' }, 'unauthorized'],
    [403, { message: 'The security token included in the request is expired' }, 'unauthorized'],
    [404, { message: 'Could not resolve the foundation model' }, 'not-found'],
    [408, { message: 'Model timed out' }, 'timeout'],
    [424, { message: 'The model broke', originalStatusCode: 500, resourceName: 'r' }, 'failed'],
    [429, { message: 'Too many tokens, please wait before trying again.' }, 'rate-limited'],
    [429, { message: 'Not yet', __type: 'ModelNotReadyException' }, 'overloaded'],
    [500, { message: 'Oh' }, 'failed'],
    [503, { message: 'Oh' }, 'overloaded'],
    [502, '<html>Bad gateway</html>', 'failed'],
    [500, undefined, 'failed'],
  ] as const)('of the status %i, %j, is of the kind %s', (status, body, kind) => {
    expect(converse.error.decode(status, body)).toMatchObject({ kind, status })
  })

  it('says what Bedrock said, and by which exception', () => {
    const type = 'com.amazon.coral.validate#ValidationException:http://internal.amazon.com/coral/'
    expect(converse.error.decode(400, { __type: type, message: 'No.' })).toEqual({
      kind: 'rejected',
      message: 'No.',
      code: 'ValidationException',
      status: 400,
    })
    expect(converse.error.decode(502, '<html>').message).toBe('The provider answered with status 502.')
  })
})

describe('an error that is told', () => {
  it.each([
    ['invalid_value', 400, 'ValidationException'],
    ['rate_limit_exceeded', 429, 'ThrottlingException'],
    ['model_not_found', 404, 'ResourceNotFoundException'],
    ['server_error', 500, 'InternalServerException'],
    ['unavailable', 503, 'ServiceUnavailableException'],
  ] as const)('as %s has the status %i and the exception %s', (code, status, exception) => {
    expect(converse.error.encode(new GatewayError(code, { message: 'So it is.' }))).toEqual({
      status,
      body: { __type: exception, message: 'So it is.' },
    })
  })
})
