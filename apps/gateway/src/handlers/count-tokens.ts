// How many tokens a request would give a model to read, whatever language it is written in.
import type { context, generateContent, messages } from '@weir/contracts'
import type { DialectName } from '@weir/dialects'
import { openCompactions } from '../compaction/open-compactions.js'
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

/** In the Responses dialect, where everything may be left out: without a model it is counted by the newest tokenizer. */
export async function inputTokens(body: context.InputTokensRequest, call: HandlerContext): Promise<context.InputTokens> {
  // Callers send the body of a whole request, and how that is to be answered is not looked at.
  const read = Object.fromEntries(fields.flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]])))
  const asked = { ...read, model: body.model ?? '', input: body.input ?? [] }
  return { object: 'response.input_tokens', input_tokens: await tokensOf('responses', asked, body.model ?? undefined, call) }
}

export async function messagesTokens(body: messages.MessagesCount, call: HandlerContext): Promise<messages.MessagesTokens> {
  return { input_tokens: await tokensOf('messages', body, body.model, call) }
}

/** Of contents alone, or of a whole request, which may name its model once more. */
export async function contentTokens(
  { model, contents, generateContentRequest: whole }: generateContent.CountTokensRequest & { readonly model: string },
  call: HandlerContext,
): Promise<generateContent.CountTokensResponse> {
  const asked = { ...(whole ?? { contents: contents ?? [] }), model }
  return { totalTokens: await tokensOf('generate-content', asked, model, call) }
}

/**
 * The turns before it included: as the model's provider counts them where it does that, else by a tokenizer. Throws what the request
 * itself would meet.
 */
async function tokensOf(dialect: DialectName, body: object, model: string | undefined, call: HandlerContext): Promise<number> {
  const recalled = await survey(count, body, call, dialect)
  const { ports } = call
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
