import { GatewayError, type responses } from '@weir/contracts'
import type { Aside } from '../aside.js'
import type { Candidate, Guarded } from '../exchange.js'
import { summarize } from '../operations/summarize.js'
import type { Ports } from '../ports/ports.js'
import { contextWindow } from '../tokens/context-window.js'
import { countRequest } from '../tokens/count.js'
import { encodingOf, loadTokenizer } from '../tokens/tokenizer.js'
import { withHistory } from '../translate/canonical-request.js'
import { sealCompaction } from './compaction-item.js'
import { beforeTurn, betweenTurns, contextOf } from './divide.js'
import { openCompactions } from './open-compactions.js'
import { summaryOf, summaryRequest } from './summary.js'

/** Tokens of a conversation that are many for a model whose window is not known. */
const many = 100_000

/**
 * Makes the turns before this one short, where the caller asks for that: the very model writes the summary, and the sealed item takes
 * the place of history and input. Throws what kept the summary from being written.
 */
export async function compaction(exchange: Guarded, aside: Aside, ports: Pick<Ports, 'seal'>): Promise<Guarded> {
  const { ask, caller, candidates, trail } = exchange
  const [candidate] = candidates
  if (!ask.compaction || !candidate || exchange.connection?.warmUp) return exchange
  const alone = ask.compaction.when === 'now'
  const opened = openCompactions(exchange, candidate.account.provider.compacts === true, ports)
  const items = contextOf(opened)
  const { before, spoken, after } = alone ? betweenTurns(items) : beforeTurn(items)
  if (spoken.length === 0 && alone)
    throw new GatewayError('missing_required_parameter', {
      message: 'input: there is no conversation before the compaction_trigger to make short.',
      param: 'input',
    })
  if (spoken.length === 0) return exchange
  if (ask.compaction.when === 'above' && (await tokensOf(opened, candidate)) <= (await limit(ask.compaction.tokens, candidate)))
    return exchange
  const { instructions, prompt_cache_key, service_tier } = exchange.body as responses.ResponsesRequest
  const { summary, usage, losses } = await aside(
    summarize,
    summaryRequest(spoken, { model: ask.model, instructions, prompt_cache_key, service_tier }),
    (answered) => ({ summary: summaryOf(answered), usage: answered.trail.usage, losses: answered.trail.losses }),
  )
  // Where the caller holds the conversation itself, it says what else of it is to stay.
  const whole = !alone || ask.previousResponseId !== undefined || ask.conversation !== undefined
  const item = sealCompaction({ before, summary, after, whole }, caller, ports.seal)
  // It is what this turn itself took.
  if (alone) trail.aside = undefined
  return { ...exchange, rewritesOutput: true, compacted: { item, alone, usage, losses } }
}

async function tokensOf(opened: Guarded, { target }: Candidate): Promise<number> {
  const asked = opened.asked()
  return countRequest(asked, withHistory(opened, asked.items), await loadTokenizer(encodingOf(target.model)))
}

/** Without a number of the caller's own, three quarters of the model's window. */
async function limit(tokens: number | undefined, candidate: Candidate): Promise<number> {
  if (tokens !== undefined) return tokens
  const window = await contextWindow(candidate)
  return window === undefined ? many : (window * 3) / 4
}
