// The translated lane's request: everything that is asked, history included, in the canonical form.
import { responses, type DialectName, type Extras, type Generation, type Item, type Loss } from '@weir/dialects'
import type { Candidate, Guarded } from '../exchange.js'
import type { UpstreamDialect } from '../operations/operation.js'
import { withCalled } from './called.js'
import { hintsFor } from './hints.js'
import { open, type Issuer } from './replay-token.js'

/** The whole turn as this candidate may see it, and the replay tokens that it may not see as losses. */
export function canonicalRequest(
  exchange: Guarded,
  candidate: Candidate,
  upstream: Pick<UpstreamDialect, 'codec' | 'storesByDefault' | 'asksForTokens'>,
): { generation: Generation; losses: Loss[] } {
  const asked = exchange.asked()
  const { provider, name } = candidate.account
  const { reads = [] } = provider
  const losses: Loss[] = []
  const issuer = { account: name, model: candidate.target.model }
  const items = openItems(
    withHistory(exchange, withCalled(asked.items, exchange.called, issuer)),
    issuer,
    upstream.codec.name,
    losses,
  )
  const metadata = reads.includes('metadata') ? asked.state.metadata : undefined
  const replays = provider.replaysReasoning?.(candidate.target.model) === true
  // A dialect without a word for tokens declares by itself what it cannot include.
  const include = upstream.asksForTokens ? includeFor(asked.include ?? [], replays, losses) : (asked.include ?? [])
  const sampling = exchange.ingress.showsOneChoice ? oneChoice(asked.sampling, losses) : asked.sampling
  const { include: _, truncation: __, promptCacheKey: ___, safetyIdentifier: ____, serviceTier: _____, extras, ...rest } = asked
  const others = extras && withoutOurs(extras)
  return {
    generation: {
      ...rest,
      ...hintsFor(asked, reads, losses),
      ...(others && { extras: others }),
      items,
      sampling,
      ...(include.length > 0 && { include }),
      // Said only where silence would mean yes: many servers reject the field.
      state: { ...(upstream.storesByDefault && { store: false }), ...(metadata && { metadata }) },
    },
    losses,
  }
}

/** What the gateway does itself is no loss where a target has no word for it. */
function withoutOurs(extras: Extras): Extras {
  if (extras.responses?.['context_management'] === undefined) return extras
  const { context_management: _, ...rest } = extras.responses
  return { ...extras, responses: rest }
}

const encrypted = 'reasoning.encrypted_content'

/** Tokens are asked for in the gateway's own name where the model has them, and never of one that has not. */
function includeFor(asked: readonly string[], replays: boolean, losses: Loss[]): readonly string[] {
  const place = asked.indexOf(encrypted)
  if (replays) return place < 0 ? [...asked, encrypted] : asked
  if (place < 0) return asked
  losses.push({ path: `include[${place}]`, disposition: 'dropped', reason: 'This model gives no encrypted reasoning.' })
  return asked.filter((part) => part !== encrypted)
}

function oneChoice(sampling: Generation['sampling'], losses: Loss[]): Generation['sampling'] {
  const { choices = 1, ...rest } = sampling
  if (choices === 1) return sampling
  losses.push({
    path: 'sampling.choices',
    disposition: 'dropped',
    reason: 'An answer in the language of the caller has room for one choice.',
  })
  return rest
}

/** The items of the whole conversation: those of the history, then these. */
export function withHistory(exchange: Pick<Guarded, 'history'>, items: readonly Item[]): readonly Item[] {
  if (exchange.history.length === 0) return items
  const history = responses.request.decode({ model: '', input: [...exchange.history] }).items
  const turns = (history.at(-1)?.turn ?? -1) + 1
  return [...history, ...items.map((item) => ({ ...item, turn: (item.turn ?? 0) + turns }))]
}

function openItems(items: readonly Item[], issuer: Issuer, dialect: DialectName, losses: Loss[]): Item[] {
  return items.map((item, place) => {
    if (!item.replay) return withoutStrangeId(item)
    const opened = open(item.replay.payload, issuer)
    // It came back in the language of the caller, and goes on in that of its issuer, under the id that it was given with.
    if (opened)
      return {
        ...item,
        ...(item.type === 'reasoning' && opened.itemId !== '' && { id: opened.itemId }),
        replay: { dialect, payload: opened.payload },
      }
    losses.push({
      path: `items[${place}].replay`,
      disposition: 'dropped',
      reason: 'A replay token goes back to its issuer only.',
    })
    const { replay: _, ...rest } = item
    return withoutStrangeId(rest as Item)
  })
}

/** Reasoning that this target has not given stands under an id that it would look up in vain. */
function withoutStrangeId(item: Item): Item {
  if (item.type !== 'reasoning' || item.id === undefined) return item
  const { id: _, ...rest } = item
  return rest
}
