import { createHash } from 'node:crypto'
import type { Generation, Loss } from '@weir/dialects'
import type { Hint } from '../upstream/provider.js'

type Hints = Pick<Generation, 'promptCacheKey' | 'safetyIdentifier' | 'serviceTier'>

/** The most characters that those who read it take of one who asks. */
const longestIdentifier = 64

/**
 * What a request says of who asks and how it is to be served, as far as this provider reads it: others would reject the field, or
 * learn of a user for nothing. Only another tier than the usual one is a loss; the rest changes no answer.
 */
export function hintsFor(asked: Hints, reads: readonly Hint[], losses: Loss[]): Hints {
  const { promptCacheKey, safetyIdentifier, serviceTier } = asked
  const takesTier = reads.includes('service_tier')
  if (serviceTier !== undefined && !takesTier && serviceTier !== 'auto' && serviceTier !== 'default')
    losses.push({ path: 'serviceTier', disposition: 'dropped', reason: 'This provider has no tiers of service to choose from.' })
  return {
    ...(promptCacheKey !== undefined && reads.includes('prompt_cache_key') && { promptCacheKey }),
    ...(safetyIdentifier !== undefined &&
      reads.includes('safety_identifier') && { safetyIdentifier: shortened(safetyIdentifier, losses) }),
    ...(serviceTier !== undefined && takesTier && { serviceTier }),
  }
}

/** An identifier that the provider takes. Some clients put a whole record there, which is known by its digest. */
function shortened(identifier: string, losses: Loss[]): string {
  if (identifier.length <= longestIdentifier) return identifier
  losses.push({
    path: 'safetyIdentifier',
    disposition: 'approximated',
    reason: `What is longer than ${longestIdentifier} characters goes as its SHA-256.`,
  })
  return createHash('sha256').update(identifier).digest('hex')
}
