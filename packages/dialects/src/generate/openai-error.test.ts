import { GatewayError } from '@weir/contracts'
import { describe, expect, it } from 'vitest'
import { decodeOpenAiError, encodeOpenAiError, failureOf } from './openai-error.js'

const error = (fields: object): object => ({
  error: { message: 'No.', type: 'invalid_request_error', param: null, code: null, ...fields },
})

it.each(['constructor', 'toString', '__proto__'])('a code such as %s, which every object has, says nothing more', (code) => {
  expect(failureOf({ message: 'No.', code })).toMatchObject({ kind: 'failed', code })
})

describe('an error of an upstream', () => {
  it.each([
    [400, 'rejected'],
    [401, 'unauthorized'],
    [402, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'not-found'],
    [408, 'timeout'],
    [409, 'failed'],
    [413, 'rejected'],
    [422, 'rejected'],
    [429, 'rate-limited'],
    [500, 'failed'],
    [502, 'failed'],
    [503, 'overloaded'],
    [504, 'timeout'],
    [529, 'overloaded'],
  ])('with status %i is %s', (status, kind) => {
    expect(decodeOpenAiError(status, error({})).kind).toBe(kind)
  })

  it('tells a context that is too long by its code, or by the words of servers that have none', () => {
    expect(decodeOpenAiError(400, error({ code: 'context_length_exceeded' })).kind).toBe('context-length')
    const words = { object: 'error', message: "This model's maximum context length is 8192 tokens.", code: 400 }
    expect(decodeOpenAiError(400, words)).toMatchObject({ kind: 'context-length', code: '400' })
  })

  it('keeps code, field and status', () => {
    expect(decodeOpenAiError(400, error({ code: 'invalid_value', param: 'tools[0]' }))).toEqual({
      kind: 'rejected',
      message: 'No.',
      code: 'invalid_value',
      param: 'tools[0]',
      status: 400,
    })
  })

  it.each([
    ['a page of HTML', '<html><body>Bad gateway</body></html>', 'The provider answered with status 502.'],
    ['nothing', null, 'The provider answered with status 502.'],
    ['an empty text', '', 'The provider answered with status 502.'],
    ['a text', 'upstream connect error', 'upstream connect error'],
    ['a bare string under error', { error: 'model runner stopped' }, 'model runner stopped'],
    ['a list of details', { detail: [{ loc: ['body'], msg: 'Field required' }] }, 'Field required'],
    ['a detail', { detail: 'Not Found' }, 'Not Found'],
  ])('is understood from %s', (_, body, message) => {
    expect(decodeOpenAiError(502, body)).toMatchObject({ message, status: 502 })
  })

  it('is never repeated at length', () => {
    expect(decodeOpenAiError(500, 'x'.repeat(10_000)).message.length).toBeLessThanOrEqual(500)
  })
})

describe('an error of the gateway', () => {
  it('leaves with all four keys and its status', () => {
    expect(encodeOpenAiError(new GatewayError('model_not_found', { message: 'No model x.', detail: 'secret' }))).toEqual({
      status: 404,
      body: { error: { message: 'No model x.', type: 'invalid_request_error', param: null, code: 'model_not_found' } },
    })
  })
})
