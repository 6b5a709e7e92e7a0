import type { Ingressed, Recalled } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import { callPurpose, type CallTokens } from '../remember/calls.js'

/** What is remembered of the calls that the caller sends back in this turn, by call id. */
export async function called(
  { caller, ingress, body }: Ingressed,
  { calls, seal }: Pick<Ports, 'calls' | 'seal'>,
): Promise<Recalled['called']> {
  const ids = ingress.callIds(body)
  if (ids.length === 0) return none
  const found = await calls.find(caller, ids)
  const opened = new Map<string, CallTokens>()
  for (const [id, memory] of found) {
    const text = seal.open(memory, callPurpose)
    // Sealed under a key that is gone since.
    if (text !== undefined) opened.set(id, JSON.parse(text) as CallTokens)
  }
  return opened
}

const none: Recalled['called'] = new Map()
