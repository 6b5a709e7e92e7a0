import type { context } from '@weir/contracts'
import { openCompactions } from '../compaction/open-compactions.js'
import type { Recalled } from '../exchange.js'
import { count } from '../operations/count.js'
import { resolve } from '../resolve/resolve.js'
import { countRequest } from '../tokens/count.js'
import { encodingOf, loadTokenizer } from '../tokens/tokenizer.js'
import { withHistory } from '../translate/canonical-request.js'
import { nativeCount } from '../upstream/native-count.js'
import { survey } from './asking.js'
import type { HandlerContext } from './context.js'

/** Fields that a model is given to read, or that say how. */
const fields = [
  'instructions',
  'previous_response_id',
  'conversation',
  'tools',
  'tool_choice',
  'text',
  'reasoning',
  'parallel_tool_calls',
  'truncation',
] as const satisfies readonly (keyof context.InputTokensRequest)[]

/**
 * The tokens that this request would give a model to read, the turns before it included: as the model's provider counts them
 * where it does that, else by a tokenizer. Without a model by the newest tokenizer. Throws what the request itself would meet.
 */
export async function inputTokens(body: context.InputTokensRequest, context: HandlerContext): Promise<context.InputTokens> {
  // Callers send the body of a whole request, and how that is to be answered is not looked at.
  const read = Object.fromEntries(fields.flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]])))
  const recalled = await survey(count, { ...read, model: body.model ?? '', input: body.input ?? [] }, context)
  return { object: 'response.input_tokens', input_tokens: await counted(recalled, body.model ?? undefined, context.ports) }
}

async function counted(recalled: Recalled, model: string | undefined, ports: HandlerContext['ports']): Promise<number> {
  const [candidate] = model === undefined ? [] : (await resolve(recalled)).candidates
  // All of it is counted, though its upstream may have kept some.
  const { upstreamParent: _, ...whole } = recalled
  const exchange = openCompactions(whole, candidate?.account.provider.compacts === true, ports)
  const native =
    candidate &&
    (await nativeCount({ ...exchange, candidates: [candidate], reservations: [], rewritesOutput: false }, candidate, ports))
  if (native !== undefined) return native
  const asked = exchange.asked()
  const tokenizer = await loadTokenizer(encodingOf(candidate?.target.model ?? ''))
  return countRequest(asked, withHistory(exchange, asked.items), tokenizer)
}
