import { GatewayError } from '@weir/contracts'
import { expect, test } from 'vitest'
import type { Received } from '../exchange.js'
import { generate } from '../operations/generate.js'
import { trail } from '../trail.js'
import { fail } from './fail.js'
import type { Outlet } from './outlets/outlet.js'

const received = (dialect: 'responses' | 'messages' | 'generate-content' = 'responses'): Received =>
  // A failure looks at these only.
  ({
    operation: generate,
    dialect,
    signal: new AbortController().signal,
    trail: trail('req_1', 'generate', dialect, 0),
  }) as unknown as Received

function noting(
  begun: boolean,
  wrote: boolean,
): { readonly outlet: Outlet; readonly calls: string[]; readonly frames: string[] } {
  const calls: string[] = []
  const frames: string[] = []
  const note = (what: string) => () => void calls.push(what)
  return {
    calls,
    frames,
    outlet: {
      begun,
      wrote,
      begin: note('begin'),
      write: (frame) => calls.push(frame.event ?? frame.data) > 0 && frames.push(frame.data) > 0,
      drained() {},
      end: note('end'),
      reply: note('reply'),
      abort: note('abort'),
    },
  }
}

test('a failure is an HTTP error, an ending of its own after comments, and a broken connection after content', () => {
  const error = new GatewayError('server_error')
  const [nothing, comments, content] = [noting(false, false), noting(true, false), noting(true, true)]
  for (const { outlet } of [nothing, comments, content]) fail(received(), error, outlet)
  expect(nothing.calls).toEqual(['reply'])
  expect(comments.calls).toEqual(['response.created', 'response.in_progress', 'error', 'response.failed', '[DONE]', 'end'])
  expect(content.calls).toEqual(['abort'])
})

test('after comments a failure goes by the name that it has as an HTTP error', () => {
  for (const code of ['unavailable', 'model_not_found', 'rate_limit_exceeded', 'shutting_down', 'upstream_error'] as const)
    for (const dialect of ['messages', 'generate-content'] as const) {
      const error = new GatewayError(code)
      const { outlet, frames } = noting(true, false)
      fail(received(dialect), error, outlet)
      expect(JSON.parse(frames.at(-1) ?? '')).toEqual(generate.ingress[dialect]?.codec.error.encode(error).body)
    }
})
