import type { Generated } from '@weir/dialects'

/** The items of the next turn, where the gateway itself has a tool to run; nothing ends the exchange. It has no tools yet. */
export async function act(_answer: Generated): Promise<undefined> {
  return undefined
}
