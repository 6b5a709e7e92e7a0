import { GatewayError, type responses } from '@weir/contracts'
import type { Ingressed, Recalled } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import { chain } from './chain.js'
import { readInput, readOutput } from '../remember/stored-form.js'

/**
 * Gathers the turns before this one: every item of the whole chain, of this owner only. Instructions are not inherited. Throws
 * 404 for a parent that is unknown, deleted or another owner's, which all read the same.
 */
export async function recall(exchange: Ingressed, ports: Pick<Ports, 'responses'>): Promise<Recalled> {
  const id = exchange.ask.previousResponseId
  if (id === undefined) return { ...exchange, history: [] }
  const before = await chain(exchange, id, ports)
  if (!before)
    throw new GatewayError('previous_response_not_found', {
      message: `The response "${id.slice(0, 100)}" was not found, or a response before it was deleted.`,
      param: 'previous_response_id',
    })
  const history: responses.InputItem[] = []
  for (const link of before.links) history.push(...readInput(link.input), ...readOutput(link.response))
  return { ...exchange, history, ...(before.unstored && { unstored: before.unstored }) }
}
