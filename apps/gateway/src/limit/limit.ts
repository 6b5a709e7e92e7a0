import type { Limited, Resolved } from '../exchange.js'

/** Reserves rate and budget for the worst case. There are no rules yet, so nothing is reserved and everything goes on. */
export async function limit(exchange: Resolved): Promise<Limited> {
  return { ...exchange, reservations: [] }
}
