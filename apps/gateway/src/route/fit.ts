// `truncation: auto`: a conversation that is longer than the model's window goes without its oldest turns.
import type { responses } from '@weir/contracts'
import type { Loss } from '@weir/dialects'
import { contextOf } from '../compaction/divide.js'
import { sinceCompaction, withInput } from '../compaction/open-compactions.js'
import { turnsOf, type Places } from '../compaction/turns.js'
import type { Candidate, Guarded } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import { surplus, tokensOf } from './surplus.js'

/** A turn as it may be asked of a candidate. */
export interface Fit {
  readonly exchange: Guarded
  /** What was left out. */
  readonly losses: readonly Loss[]
  /** The same turn with less of the conversation, for an upstream that found it too long; `undefined` where no more may go. */
  readonly less: () => Fit | undefined
}

/** After so many times that half of the rest went, all of it goes. */
const mostHalvings = 4

/**
 * The turn, without its oldest turns where the caller allows that and the model's window is known to be too small for all of them.
 * What was ordered, compaction items, the newest turn and the limit of the answer find room first. Throws 400 for a compaction item
 * that does not open.
 */
export async function fit(asked: Guarded, candidate: Candidate, ports: Pick<Ports, 'seal'>): Promise<Fit> {
  const { compacted } = asked
  const standing = compacted ? { ...withInput(replayed(asked), [compacted.item]), history: [] } : asked
  if (!asked.ask.truncates) return { exchange: standing, losses: [], less: () => undefined }
  const exchange = sinceCompaction(standing, candidate.account.provider.compacts === true, ports)
  const items = contextOf(exchange)
  const { older } = turnsOf(items)
  let left = await surplus(exchange, candidate, ports)
  const counts = left > 0 ? await tokensOf(items, candidate) : []
  let gone = 0
  for (; left > 0 && gone < older.length; gone++) for (const place of older[gone] ?? []) left -= counts[place] ?? 0
  return shortened({ exchange, items, older }, gone, 0)
}

interface Whole {
  readonly exchange: Guarded
  readonly items: readonly responses.InputItem[]
  readonly older: readonly Places[]
}

/** The turn without the first of what may go. */
function shortened(whole: Whole, count: number, halvings: number): Fit {
  const { exchange, items, older } = whole
  const gone = new Set(older.slice(0, count).flat())
  const kept = items.filter((_, place) => !gone.has(place))
  return {
    exchange: gone.size === 0 ? exchange : { ...withInput(replayed(exchange), kept), history: [] },
    losses: lossesOf(gone),
    less() {
      if (count === older.length) return undefined
      return shortened(whole, halvings < mostHalvings ? halfOf(whole, count) : older.length, halvings + 1)
    },
  }
}

/** The exchange for an upstream that is told the whole conversation, though it may have kept some of it. */
export function replayed(exchange: Guarded): Guarded {
  const { upstreamParent: _, ...rest } = exchange
  return rest
}

/** How much has gone when half of what could still go is gone too, by length. */
function halfOf({ items, older }: Whole, count: number): number {
  const lengths = older.map((places) => places.reduce((sum, place) => sum + JSON.stringify(items[place]).length, 0))
  let left = lengths.slice(count).reduce((sum, length) => sum + length, 0) / 2
  let more = count
  while (left > 0) left -= lengths[more++] ?? Infinity
  return more
}

/** One loss for each stretch of items. */
function lossesOf(gone: ReadonlySet<number>): Loss[] {
  const stretches: { from: number; to: number }[] = []
  for (const place of [...gone].toSorted((one, other) => one - other)) {
    const last = stretches.at(-1)
    if (last?.to === place - 1) last.to = place
    else stretches.push({ from: place, to: place })
  }
  return stretches.map(({ from, to }) => ({
    path: from === to ? `items[${from}]` : `items[${from}..${to}]`,
    disposition: 'dropped',
    reason: 'Older than what has room in the context window; truncation is auto.',
  }))
}
