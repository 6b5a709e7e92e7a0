import type { DialectName } from '@weir/dialects'
import type { Candidate, Guarded } from '../exchange.js'

export type Lane = 'native' | 'translated'

/**
 * How a turn crosses the gateway. Native where both sides speak the same dialect and no rule may rewrite or withhold what the
 * caller sees; translated, through the canonical form, otherwise.
 */
export function chooseLane(exchange: Guarded, { account }: Candidate): { readonly lane: Lane; readonly dialect: DialectName } {
  const shared = account.dialects.includes(exchange.dialect)
  const dialect = shared ? exchange.dialect : (account.dialects[0] ?? exchange.dialect)
  return { lane: shared && !exchange.rewritesOutput ? 'native' : 'translated', dialect }
}
