import type { ConfiguredWebhook } from '../configuration/webhooks.js'
import type { Delivery } from '../ports/outbox.js'
import type { Ports } from '../ports/ports.js'
import { TransportError } from '../ports/transport.js'

/** How long a receiver may take for its answer. Milliseconds. */
const patience = 15_000

/** The answer's status, or why there is none. `closed`: nobody's fault, the gateway is ending. */
export type Received = { readonly status: number } | { readonly error: string } | 'closed'

/** Posts an event once, signed as Standard Webhooks says. Never throws. Redirects are answers like any other: not followed. */
export async function deliver(
  { url, body, eventId }: Delivery,
  webhook: ConfiguredWebhook,
  { transport, clock }: Pick<Ports, 'transport' | 'clock'>,
): Promise<Received> {
  const impatient = new AbortController()
  const timer = setTimeout(() => impatient.abort(), patience)
  // Of this attempt: a receiver refuses what was signed long ago.
  const timestamp = String(Math.floor(clock.now() / 1000))
  try {
    const reply = await transport.send({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'weir',
        'webhook-id': eventId,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${webhook.sign(`${eventId}.${timestamp}.${body}`)}`,
      },
      body,
      signal: impatient.signal,
      headTimeout: patience,
      idleTimeout: patience,
    })
    // What it has to say beside its status is not read.
    reply.body.destroy()
    return { status: reply.status }
  } catch (error) {
    if (impatient.signal.aborted) return { error: `It did not answer within ${patience / 1000} seconds.` }
    if (!(error instanceof TransportError)) return { error: 'It could not be asked.' }
    return error.fault === 'closed' ? 'closed' : { error: saidOf[error.fault] }
  } finally {
    clearTimeout(timer)
  }
}

const saidOf = {
  refused: 'It could not be reached.',
  timeout: `It did not answer within ${patience / 1000} seconds.`,
  cut: 'The connection broke before it answered.',
  aborted: 'It could not be asked.',
} as const
