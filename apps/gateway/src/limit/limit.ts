import type { Entered, Reserved, Served } from '../exchange.js'

/** Reserves rate and budget for the worst case. There are no rules yet, so nothing is reserved and everything goes on. */
export async function limit<Exchange extends Entered & Served>(exchange: Exchange): Promise<Exchange & Reserved> {
  return { ...exchange, reservations: [] }
}
