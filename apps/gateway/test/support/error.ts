import { expect } from 'vitest'

export interface ToldError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string
}

/** The error of an answer, once it is seen to have the one form and the headers that all errors have. */
export async function errorOf(answer: Response): Promise<ToldError> {
  expect(answer.headers.get('x-request-id')).toMatch(/^req_/)
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  const body = (await answer.json()) as { error: ToldError }
  expect(Object.keys(body)).toEqual(['error'])
  expect(Object.keys(body.error).toSorted()).toEqual(['code', 'message', 'param', 'type'])
  expect(body.error.message).not.toBe('')
  return body.error
}
