import { TransportError } from '../../ports/transport.js'
import type { CredentialPorts } from './credential.js'

/** Something that is good for a while. */
export interface Lease<T> {
  readonly value: T
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Whoever needs it gets it; the signal ends the waiting of one alone. */
export type Renewed<T> = (ports: CredentialPorts, signal: AbortSignal) => Promise<T>

const early = 5 * 60_000
const spare = 30_000
const pause = 10_000

/**
 * Keeps what `obtain` gives for as long as it is good. It is asked for once, however many wait; and again some minutes before the
 * end, while those who come in that time go on with what there is. A failure is told to those who wait and is not kept.
 */
export function renewed<T>(obtain: (ports: CredentialPorts) => Promise<Lease<T>>): Renewed<T> {
  let kept: { readonly value: T; readonly usableUntil: number } | undefined
  let renewAt = 0
  let obtaining: Promise<T> | undefined

  async function renew(ports: CredentialPorts): Promise<T> {
    try {
      const { value, expiresAt } = await obtain(ports)
      const now = ports.clock.now()
      // Some issuers give out what they have kept for a while themselves: a short rest is not all spent on being early.
      const rest = Math.max(0, expiresAt - now)
      kept = { value, usableUntil: expiresAt - Math.min(spare, rest / 10) }
      renewAt = expiresAt - Math.min(early, rest / 2)
      return value
    } catch (error) {
      renewAt = ports.clock.now() + pause
      throw error
    } finally {
      obtaining = undefined
    }
  }

  return (ports, signal) => {
    const now = ports.clock.now()
    const good = kept !== undefined && now < kept.usableUntil ? kept : undefined
    if (good && now < renewAt) return Promise.resolve(good.value)
    obtaining ??= renew(ports)
    if (!good) return unlessGivenUp(obtaining, signal)
    // Nobody waits for this one, and what there is will do.
    obtaining.catch(() => {})
    return Promise.resolve(good.value)
  }
}

function unlessGivenUp<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = (): void => reject(new TransportError('aborted', 'The exchange was given up.'))
    if (signal.aborted) give()
    signal.addEventListener('abort', give, { once: true })
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', give))
  })
}
