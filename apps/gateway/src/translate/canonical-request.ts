// The translated lane's request: everything that is asked, history included, in the canonical form.
import { responses, type Generation, type Item, type Loss } from '@weir/dialects'
import type { Candidate, Guarded } from '../exchange.js'
import type { IngressDialect } from '../operations/generate.js'
import { open, type Issuer } from './replay-token.js'

/** The whole turn as this candidate may see it, and the replay tokens that it may not see as losses. */
export function canonicalRequest(
  exchange: Guarded,
  candidate: Candidate,
  upstream: Pick<IngressDialect, 'storesByDefault'>,
): { generation: Generation; losses: Loss[] } {
  const asked = exchange.asked()
  const { provider, name } = candidate.account
  const losses: Loss[] = []
  const items = openItems(withHistory(exchange, asked.items), { account: name, model: candidate.target.model }, losses)
  const metadata = provider.readsMetadata ? asked.state.metadata : undefined
  const include = new Set(asked.include)
  // Asked of the provider in the gateway's own name where it has such tokens; never passed on to one that has not.
  if (provider.replaysReasoning?.(candidate.target.model)) include.add('reasoning.encrypted_content')
  else include.delete('reasoning.encrypted_content')
  const { include: _, ...rest } = asked
  return {
    generation: {
      ...rest,
      items,
      ...(include.size > 0 && { include: [...include] }),
      // Said only where silence would mean yes: many servers reject the field.
      state: { ...(upstream.storesByDefault && { store: false }), ...(metadata && { metadata }) },
    },
    losses,
  }
}

function withHistory(exchange: Guarded, items: readonly Item[]): readonly Item[] {
  if (exchange.history.length === 0) return items
  const history = responses.request.decode({ model: '', input: [...exchange.history] }).items
  const turns = (history.at(-1)?.turn ?? -1) + 1
  return [...history, ...items.map((item) => ({ ...item, turn: (item.turn ?? 0) + turns }))]
}

function openItems(items: readonly Item[], issuer: Issuer, losses: Loss[]): Item[] {
  return items.map((item, place) => {
    if (!item.replay) return item
    const payload = open(item.replay.payload, issuer)
    if (payload !== undefined) return { ...item, replay: { ...item.replay, payload } }
    losses.push({
      path: `items[${place}].replay`,
      disposition: 'dropped',
      reason: 'A replay token goes back to its issuer only.',
    })
    const { replay: _, ...rest } = item
    return rest as Item
  })
}
