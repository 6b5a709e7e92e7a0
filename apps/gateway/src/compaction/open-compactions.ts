import { GatewayError, type responses } from '@weir/contracts'
import type { Recalled } from '../exchange.js'
import { asking } from '../ingress/ingress.js'
import type { Ports } from '../ports/ports.js'
import { isSealed } from '../seal.js'
import { openCompaction } from './compaction-item.js'

/**
 * The exchange with every compaction item, in its history and its input, replaced by what it stands for. `foreign`: whether one that
 * is not sealed here may pass to a target that makes such items itself. Throws 400 that names the item.
 */
export function openCompactions<Exchange extends Recalled>(
  exchange: Exchange,
  foreign: boolean,
  ports: Pick<Ports, 'seal'>,
): Exchange {
  if (exchange.dialect !== 'responses') return exchange
  const { body, caller } = exchange
  const { input } = body as responses.ResponsesRequest
  const own = Array.isArray(input) ? input : []
  if (!own.some(isCompaction) && !exchange.history.some(isCompaction)) return exchange

  function opened(items: readonly responses.InputItem[], nameOf: (place: number) => string): responses.InputItem[] {
    return items.flatMap((item, place) => {
      if (!isCompaction(item)) return [item]
      const stood = openCompaction(item, caller, ports.seal)
      if (stood) return stood
      if (foreign && !isSealed(item.encrypted_content)) return [item]
      throw strange(nameOf(place))
    })
  }

  const history = opened(exchange.history, () => 'previous_response_id')
  if (!own.some(isCompaction)) return { ...exchange, history }
  return {
    ...withInput(
      exchange,
      opened(own, (place) => `input[${place}]`),
    ),
    history,
  }
}

/** The exchange as if this were its input. */
export const withInput = <Exchange extends Recalled>(exchange: Exchange, input: readonly responses.InputItem[]): Exchange => ({
  ...exchange,
  ...asking(exchange.ingress, { ...exchange.body, input }),
})

const isCompaction = (item: responses.InputItem): item is responses.HostedItem => item.type === 'compaction'

function strange(param: string): GatewayError {
  return new GatewayError('invalid_value', {
    message: `${param}: this compaction item was not made here for you, or it was altered; send the conversation that it stands for.`,
    param,
  })
}
