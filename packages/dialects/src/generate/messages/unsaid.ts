import type { messages } from '@weir/contracts'
import type { Loss } from '../canonical/loss.js'
import type { Generation } from '../canonical/request.js'
import { approximated, dropped, dropping } from '../losses.js'

/** Parts of an answer that come without being asked for. */
const given = new Set(['reasoning.encrypted_content'])

/** What this dialect has no word for, each of it declared. `tools`: those that are sent. */
export function unsaid(canonical: Generation, tools: readonly messages.MessagesTool[], losses: Loss[]): void {
  const { sampling, streamOptions } = canonical
  const drop = dropping(losses)
  drop('sampling.seed', sampling.seed, 'Anthropic draws by no seed.')
  drop('sampling.presencePenalty', sampling.presencePenalty, 'Anthropic has no penalties.')
  drop('sampling.frequencyPenalty', sampling.frequencyPenalty, 'Anthropic has no penalties.')
  drop('sampling.logitBias', sampling.logitBias, 'Anthropic biases no tokens.')
  drop('sampling.logprobs', sampling.logprobs || undefined, 'Anthropic has no probabilities.')
  drop('sampling.topLogprobs', sampling.topLogprobs || undefined, 'Anthropic has no probabilities.')
  drop('sampling.choices', sampling.choices === 1 ? undefined : sampling.choices, 'Anthropic gives one answer.')
  drop('verbosity', canonical.verbosity, 'Anthropic has no word for how long an answer should be.')
  drop('promptCacheKey', canonical.promptCacheKey, 'Anthropic finds a cached prompt without a key.')
  drop('truncation', canonical.truncation === 'auto' ? 'auto' : undefined, 'Anthropic does not shorten a conversation.')
  drop('streamOptions.includeObfuscation', streamOptions?.includeObfuscation || undefined, 'Anthropic does not pad its streams.')
  for (const [index, part] of (canonical.include ?? []).entries())
    if (!given.has(part)) losses.push(dropped(`include[${index}]`, `Anthropic cannot include ${part}.`))
  if (canonical.maxToolCalls === undefined) return
  // The limit is on what the provider runs.
  if (tools.some(({ type }) => type && type !== 'custom'))
    losses.push(dropped('maxToolCalls', 'Anthropic counts the calls of each of its tools by itself.'))
  else losses.push(approximated('maxToolCalls', 'The server is given no tool that would count.'))
}
