import { GatewayError } from '@weir/contracts'
import { exhausted, toGatewayError } from '../errors.js'
import type { Candidate } from '../exchange.js'

/**
 * Tries the candidates in their order, until one gives. So far there is one candidate. Throws what the last try met; the SDKs are
 * told not to try again by themselves, since all that could be tried was.
 */
export async function inOrder<Given>(
  candidates: readonly Candidate[],
  attempt: (candidate: Candidate) => Promise<Given>,
): Promise<Given> {
  // An error takes its stack when it is made, which costs more than the rest of this function: none is made beforehand.
  let last: GatewayError | undefined
  for (const candidate of candidates) {
    try {
      return await attempt(candidate)
    } catch (error) {
      last = toGatewayError(error)
    }
    // Another replica may serve it: the SDK is to try again, and here there is nothing left to try.
    if (last.code === 'shutting_down') throw last
  }
  throw exhausted(last ?? new GatewayError('unavailable', { message: 'There is no target for this model.' }))
}
