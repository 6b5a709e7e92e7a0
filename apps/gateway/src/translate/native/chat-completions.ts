import type { chat } from '@weir/contracts'
import type { Candidate, Guarded } from '../../exchange.js'
import type { Prepared } from './prepared.js'

/** The caller's own body, without what it tells the gateway. */
export function chatBody(exchange: Guarded, { account, target }: Candidate): Prepared {
  const { store: _, metadata, ...body } = exchange.body as chat.ChatCompletionsRequest
  // A stream tells its usage only when it is asked to; `respond` takes the chunk out again where the caller did not ask.
  const asksForUsage = body.stream === true && target.quirks?.noStreamUsage !== true
  return {
    body: {
      ...body,
      ...(asksForUsage && { stream_options: { ...body.stream_options, include_usage: true } }),
      ...(account.provider.reads?.includes('metadata') && metadata && { metadata }),
    },
    losses: [],
    kept: false,
    continued: false,
  }
}
