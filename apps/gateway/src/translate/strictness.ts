import { GatewayError } from '@weir/contracts'
import type { Loss } from '@weir/dialects'
import type { Head } from '../exchange.js'
import { header } from '../ingress/labels.js'

const strictness = 'x-weir-translation'

/** A misspelt wish for strictness is refused: it would be taken for none. */
function isStrict(head: Head): boolean {
  const asked = header(head, strictness)?.toLowerCase()
  if (asked === undefined || asked === 'strict') return asked === 'strict'
  throw new GatewayError('invalid_value', { message: `${strictness} takes "strict" and nothing else.`, param: strictness })
}

/**
 * Throws 400 `untranslatable` for what the target cannot answer at all, and for anything that would be dropped where the caller asked for
 * strict translation.
 */
export function refuseLosses({ head }: { readonly head: Head }, losses: readonly Loss[]): void {
  const strict = isStrict(head)
  const refused = losses.find(({ disposition }) => disposition === 'refused' || (strict && disposition === 'dropped'))
  if (!refused) return
  const rule =
    refused.disposition === 'refused' ? 'The target cannot answer this' : 'Under strict translation nothing may be dropped'
  throw new GatewayError('untranslatable', { message: `${rule}: ${refused.path}: ${refused.reason}`, param: refused.path })
}
