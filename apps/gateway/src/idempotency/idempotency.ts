// A create that carries an Idempotency-Key is done once: whoever repeats it within 24 hours gets the answer of the first.
import { GatewayError } from '@weir/contracts'
import type { Ingressed } from '../exchange.js'
import type { Owner } from '../ports/owner.js'
import type { Ports } from '../ports/ports.js'
import { heldClaim, purpose, type Claim, type Kept } from './claim.js'
import { fingerprint } from './fingerprint.js'

/** What a caller wants done at most once. */
export interface Repeatable {
  readonly owner: Owner
  /** The endpoint, as the contract names it: `responses.create`. */
  readonly route: string
  /** The header's value, whatever it is; absent where there was none. */
  readonly key: string | undefined
  /** The parsed body. */
  readonly body: unknown
  /** Who asks: the id of the exchange. */
  readonly holder: string
}

export const idempotencyHeader = 'idempotency-key'

/** What a repetition is marked with. */
export const replayed = { 'idempotent-replayed': 'true' } as const

const longestKey = 255
const visible = /^[\x21-\x7e]+$/

/** Seconds after which to ask again while the first is at work. */
const patience = 2

/** The stage of the journey: `once` for this exchange, on faces that know the header. */
export async function idempotency(
  { caller, idempotency: named, body, id }: Ingressed,
  ports: Pick<Ports, 'idempotency' | 'seal'>,
): ReturnType<typeof once> {
  return named ? once({ owner: caller, ...named, body, holder: id }, ports) : {}
}

/**
 * The answer of an earlier request with this key, or the claim of the first one; neither without a key. Throws 400
 * `invalid_value` for a key that is none, 400 `idempotency_conflict` for a key that went with another body, and 409
 * `idempotency_key_in_use` while the first is at work.
 */
export async function once(
  { owner, route, key: value, body, holder }: Repeatable,
  ports: Pick<Ports, 'idempotency' | 'seal'>,
): Promise<{ readonly kept?: Kept; readonly claim?: Claim }> {
  if (value === undefined) return {}
  if (value.length > longestKey || !visible.test(value))
    throw new GatewayError('invalid_value', {
      message: `${idempotencyHeader} takes 1 to ${longestKey} visible ASCII characters.`,
      param: idempotencyHeader,
    })
  const key = { owner: { tenant: owner.tenant, subject: owner.subject }, route, key: value }
  const print = fingerprint(body)
  const claimed = await ports.idempotency.claim(key, holder, ports.seal.seal(print, purpose))
  if (claimed.state === 'claimed') return { claim: heldClaim(key, holder, ports) }
  if (ports.seal.open(claimed.fingerprint, purpose) !== print)
    throw new GatewayError('idempotency_conflict', {
      message: `${idempotencyHeader}: this key went with another body within the last 24 hours; take a new key for a new request.`,
      param: idempotencyHeader,
    })
  if (claimed.answer === null) throw inUse()
  const answer = ports.seal.open(claimed.answer, purpose)
  // Sealed under a key that is gone since.
  if (answer === undefined) throw new GatewayError('idempotency_conflict', { message: 'The answer of this key is lost.' })
  return { kept: JSON.parse(answer) as Kept }
}

const inUse = (): GatewayError =>
  new GatewayError('idempotency_key_in_use', {
    message: `${idempotencyHeader}: the first request with this key is still at work; ask again in ${patience} seconds.`,
    param: idempotencyHeader,
    retryAfter: patience,
  })
