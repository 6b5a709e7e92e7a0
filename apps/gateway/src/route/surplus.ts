import type { responses } from '@weir/contracts'
import { responses as dialect } from '@weir/dialects'
import { contextOf } from '../compaction/divide.js'
import { openCompactions } from '../compaction/open-compactions.js'
import type { Candidate, Guarded } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import { countItems, countRequest } from '../tokens/count.js'
import { encodingOf, loadTokenizer } from '../tokens/tokenizer.js'
import { withHistory } from '../translate/canonical-request.js'
import { contextWindow } from '../tokens/context-window.js'

/** Tokens that are left for an answer whose length is not limited: an eighth of the window, and no more than these. */
const longestReserve = 4096

/** No attachment counts as more. */
const tokensPerAttachment = 1500

/** How many tokens a turn has too many for the model's window, its answer included; none where the window is not known. */
export async function surplus(exchange: Guarded, candidate: Candidate, ports: Pick<Ports, 'seal'>): Promise<number> {
  const window = await contextWindow(candidate)
  if (window === undefined) return 0
  const { max_output_tokens: limit } = exchange.body as responses.ResponsesRequest
  const room = window - (limit ?? Math.min(longestReserve, window >> 3))
  if (mostTokens(exchange) <= room) return 0
  const opened = openCompactions(exchange, candidate.account.provider.compacts === true, ports)
  const asked = opened.asked()
  return (await countRequest(asked, withHistory(opened, asked.items), await tokenizerFor(candidate))) - room
}

/** A token is at least one byte: most conversations need no counting. */
function mostTokens(exchange: Guarded): number {
  const text = JSON.stringify({ ...exchange.body, input: contextOf(exchange) })
  const attachments = text.match(/"input_(?:image|file|audio)"/g) ?? []
  return Buffer.byteLength(text) + attachments.length * tokensPerAttachment
}

/** The tokens of each of these items. */
export async function tokensOf(items: readonly responses.InputItem[], candidate: Candidate): Promise<readonly number[]> {
  return countItems(dialect.request.decode({ model: '', input: [...items] }).items, await tokenizerFor(candidate))
}

const tokenizerFor = ({ target }: Candidate) => loadTokenizer(encodingOf(target.model))
