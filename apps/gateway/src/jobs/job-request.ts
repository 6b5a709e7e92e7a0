// A background call as it waits: what is needed to go on with it later, in this process or in another one.
import type { responses } from '@weir/contracts'
import type { Admitted, Caller, Head } from '../exchange.js'

export interface JobRequest {
  /** The id of the exchange, which the caller knows as `x-request-id`. */
  readonly exchange: string
  /** Milliseconds since 1970, when the call came. */
  readonly startedAt: number
  /** Whether the caller asked for a stream. The upstream always gives one. */
  readonly stream: boolean
  readonly role: Caller['role']
  readonly headers: Head['headers']
  /** In the Responses wire, checked, with every reference replaced by its item. */
  readonly body: responses.ResponsesRequest
}

/** Headers that a stage reads after the caller is known. No credential is among them. */
const laterHeader = /^(x-weir-|x-tfy-)|^(traceparent|x-request-id)$/

export function writeJobRequest({ id, trail, ask, caller, head, body }: Admitted): string {
  const request: JobRequest = {
    exchange: id,
    startedAt: trail.startedAt,
    stream: ask.stream,
    role: caller.role,
    headers: Object.fromEntries(Object.entries(head.headers).filter(([name]) => laterHeader.test(name))),
    // Only the Responses dialect knows background calls.
    body: { ...(body as responses.ResponsesRequest), stream: true },
  }
  return JSON.stringify(request)
}

/** What `writeJobRequest` wrote. */
export const readJobRequest = (text: string): JobRequest => JSON.parse(text) as JobRequest
