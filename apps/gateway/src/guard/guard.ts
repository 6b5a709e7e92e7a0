import type { Entered, Judged, Reserved, Served } from '../exchange.js'

/** Judges what goes in, and says whether what comes out may have to change. There are no rules yet: everything passes as it is. */
export async function guard<Exchange extends Entered & Served & Reserved>(exchange: Exchange): Promise<Exchange & Judged> {
  return { ...exchange, rewritesOutput: false }
}
