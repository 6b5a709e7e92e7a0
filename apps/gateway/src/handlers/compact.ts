import { GatewayError, type context } from '@weir/contracts'
import { encodeUsage } from '@weir/dialects'
import { sealCompaction } from '../compaction/compaction-item.js'
import { betweenTurns, contextOf } from '../compaction/divide.js'
import { openCompactions } from '../compaction/open-compactions.js'
import { summaryOf, summaryRequest } from '../compaction/summary.js'
import { userMessages } from '../compaction/user-messages.js'
import { summarize } from '../operations/summarize.js'
import { count } from '../operations/count.js'
import { resolve } from '../resolve/resolve.js'
import { encodingOf, loadTokenizer } from '../tokens/tokenizer.js'
import { ask, survey } from './asking.js'
import type { HandlerContext } from './context.js'

/**
 * Makes a conversation short: its user messages as they were, and a sealed item that stands for everything else, written by the
 * very model. It opens for this owner, on any target. Throws what the conversation itself would meet, and 400 where there is none.
 */
export async function compact(body: context.CompactRequest, call: HandlerContext): Promise<context.CompactedResponse> {
  const { model, instructions, previous_response_id, conversation } = body
  const parents = { previous_response_id, conversation }
  const recalled = await survey(count, { model, instructions, input: body.input ?? [], ...parents }, call)
  const [candidate] = (await resolve(recalled)).candidates
  const items = contextOf(openCompactions(recalled, candidate?.account.provider.compacts === true, call.ports))
  const { before, spoken, after } = betweenTurns(items)
  if (spoken.length === 0)
    throw new GatewayError('missing_required_parameter', {
      message: 'input: there is no conversation to make short; send its items, or a previous_response_id.',
      param: 'input',
    })
  const written = await ask(
    summarize,
    summaryRequest(spoken, body),
    (answered) => ({ summary: summaryOf(answered), trail: answered.trail }),
    call,
  )
  const { summary, trail } = written
  const tokenizer = await loadTokenizer(encodingOf(candidate?.target.model ?? ''))
  const usage = trail.usage ?? { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }
  return {
    id: trail.responseId ?? trail.id,
    object: 'response.compaction',
    created_at: Math.floor(trail.startedAt / 1000),
    output: [
      ...(await userMessages(spoken, tokenizer)),
      sealCompaction({ before, summary, after, whole: false }, call.caller, call.ports.seal),
    ],
    usage: encodeUsage(usage),
  }
}
