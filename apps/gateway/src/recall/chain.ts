import type { Ingressed } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import type { ChainLink } from '../ports/response-store.js'
import type { LocalChain } from '../websocket/local-responses.js'

/** The turns that lead to a response, oldest first. */
export interface Chain {
  readonly links: readonly ChainLink[]
  /** Those of them that are in no store, where there are any: whoever keeps a turn after them keeps them with it. */
  readonly unstored?: LocalChain
}

/** The chain that ends with this response: as the caller's connection knows it, else as the store does. */
export async function chain(
  { caller, connection }: Ingressed,
  id: string,
  ports: Pick<Ports, 'responses'>,
): Promise<Chain | undefined> {
  const unstored = connection?.local.find(caller, id)
  const stored = unstored ? unstored.stored : id
  const before = stored === null ? [] : await ports.responses.chain(caller, stored)
  if (!before) return undefined
  return unstored ? { links: [...before, ...unstored.links], unstored } : { links: before }
}
