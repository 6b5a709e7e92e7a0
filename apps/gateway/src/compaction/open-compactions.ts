import { GatewayError, type responses } from '@weir/contracts'
import type { Recalled } from '../exchange.js'
import { asking } from '../ingress/ingress.js'
import type { Ports } from '../ports/ports.js'
import { isSealed } from '../seal.js'
import { openCompaction } from './compaction-item.js'

type Item = responses.InputItem

/**
 * The exchange with every compaction item, in its history and its input, replaced by what it stands for, and without what a whole one
 * stands for. `foreign`: whether one that is not sealed here may pass to a target that makes such items itself. Throws 400 that
 * names the item.
 */
export const openCompactions = <Exchange extends Recalled>(
  exchange: Exchange,
  foreign: boolean,
  ports: Pick<Ports, 'seal'>,
): Exchange => read(exchange, foreign, ports, (_, stood) => stood)

/** The exchange without what whole compaction items stand for; all items are sealed still. Throws like `openCompactions`. */
export const sinceCompaction = <Exchange extends Recalled>(
  exchange: Exchange,
  foreign: boolean,
  ports: Pick<Ports, 'seal'>,
): Exchange => read(exchange, foreign, ports, (item) => [item])

function read<Exchange extends Recalled>(
  exchange: Exchange,
  foreign: boolean,
  ports: Pick<Ports, 'seal'>,
  shown: (item: Item, stood: readonly Item[]) => readonly Item[],
): Exchange {
  if (!exchange.ingress.stateful) return exchange
  const { body, caller } = exchange
  const { input } = body as responses.ResponsesRequest
  const own = Array.isArray(input) ? input : []
  const concerned = own.some(isConcerned)
  if (!concerned && !exchange.history.some(isConcerned)) return exchange

  let items: Item[] = []
  function add(item: Item, place: string): void {
    // Who asks for it is answered before; to a model it says nothing.
    if (item.type === 'compaction_trigger') return
    if (item.type !== 'compaction') return void items.push(item)
    // Of the union's open end nothing is known but the type.
    const opened = openCompaction(item as responses.HostedItem, caller, ports.seal)
    if (opened?.whole) items = []
    if (opened) for (const each of shown(item, opened.items)) items.push(each)
    else if (foreign && !isSealed((item as responses.HostedItem)['encrypted_content'])) items.push(item)
    else throw strange(place)
  }
  const source = exchange.ask.conversation === undefined ? 'previous_response_id' : 'conversation'
  for (const item of exchange.history) add(item, source)
  const history = items
  items = []
  if (!concerned) return { ...exchange, history }
  let covers = false
  for (const [place, item] of own.entries()) {
    const before = items
    add(item, `input[${place}]`)
    covers ||= items !== before
  }
  return { ...withInput(exchange, items), history: covers ? [] : history }
}

/** The exchange as if this were its input. */
export const withInput = <Exchange extends Recalled>(exchange: Exchange, input: readonly Item[]): Exchange => ({
  ...exchange,
  ...asking(exchange.ingress, { ...exchange.body, input }),
})

const isConcerned = ({ type }: Item): boolean => type === 'compaction' || type === 'compaction_trigger'

function strange(param: string): GatewayError {
  return new GatewayError('invalid_value', {
    message: `${param}: this compaction item was not made here for you, or it was altered; send the conversation that it stands for.`,
    param,
  })
}
