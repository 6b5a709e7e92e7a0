import type { Quirks, Target } from '../../dialect.js'
import { ownExtras } from '../canonical/extras.js'
import type { Encoded, Loss } from '../canonical/loss.js'
import type { Format, Generation } from '../canonical/request.js'
import { isOneOf, known, overlay, type Loose } from '../narrow.js'
import { approximated, dropped, dropping } from '../losses.js'
import { flattenTools, type FlatTools } from '../tools/flatten.js'
import { withCachePoints } from './cache-points.js'
import { encodeEffort, isThinking, type Effort } from './effort.js'
import { encodeMessages } from './messages-encode.js'
import { withoutRejected } from './rejected.js'
import { encodeToolChoice, type Chosen } from './tool-choice.js'
import { encodeTools, standIns } from './tools.js'
import type { ConverseRequest, InferenceConfig, Message, OutputConfig } from './wire.js'

/** The most tokens that every model can be asked for: without any limit its own most is reserved against the quota. */
const defaultMaxTokens = 4096

/** What is asked as a request for this target, with every loss. The gateway's own `state` is never one. */
export function encodeRequest(canonical: Generation, target: Target): Encoded<ConverseRequest> {
  const losses: Loss[] = []
  const quirks = target.quirks ?? {}
  const flat = flattenTools(canonical, { customTools: false, plainNames: true }, losses)
  const { system, messages } = encodeMessages(canonical, target, flat, losses)
  const { tools, choice } = encodeToolConfig(canonical, messages, flat, quirks, losses)
  const forced = choice?.any !== undefined || choice?.tool !== undefined
  const effort = encodeEffort(canonical, quirks, forced, losses)
  const outputConfig = encodeOutputConfig(canonical.format, effort, losses)

  const body: ConverseRequest = {
    model: target.model,
    ...(messages.length > 0 && { messages }),
    ...(system.length > 0 && { system }),
    inferenceConfig: encodeSampling(canonical, effort, quirks, losses),
    ...(tools.length > 0 && { toolConfig: { tools: tools.flatMap(({ entries }) => entries), ...known({ toolChoice: choice }) } }),
    ...known({
      outputConfig,
      serviceTier: encodeTier(canonical.serviceTier, losses),
      additionalModelRequestFields: effort.additional && { ...effort.additional },
    }),
    stream: canonical.stream,
  }
  unsaid(canonical, tools.length > 0, losses)
  const extras = ownExtras('converse', canonical.extras, '', losses) ?? {}
  ownExtras('converse', canonical.reasoning?.extras, 'reasoning', losses)
  // Extras are fields beside those that were written, or beside those of an object among them.
  const whole = withCachePoints(overlay(body as Loose, extras) as ConverseRequest, canonical.cache, quirks)
  return { body: withoutRejected(whole, target, losses), losses, ...(flat.names.size > 0 && { names: flat.names }) }
}

function encodeToolConfig(
  { toolChoice }: Generation,
  messages: readonly Message[],
  flat: FlatTools,
  quirks: Quirks,
  losses: Loss[],
): Chosen {
  const names = calledIn(messages)
  const chosen = encodeToolChoice(toolChoice, encodeTools(flat, quirks, losses), flat, names.size > 0, losses)
  if (chosen.tools.length > 0 || names.size === 0) return chosen
  losses.push(approximated('tools', 'What the history has called is declared: Converse takes no calls without tools.'))
  return { tools: standIns(names) }
}

/** The names of what was called. */
function calledIn(messages: readonly Message[]): Set<string> {
  const names = new Set<string>()
  for (const { content } of messages)
    for (const { toolUse } of Array.isArray(content) ? content : []) if (toolUse) names.add(toolUse.name)
  return names
}

function encodeSampling({ sampling }: Generation, effort: Effort, quirks: Quirks, losses: Loss[]): InferenceConfig {
  const { temperature, topP, stop, maxOutputTokens } = sampling
  const thinking = isThinking(effort)
  // Anthropic's models take no other than the default of the one, and near the whole of the other.
  const coolable = !thinking || temperature === undefined || temperature === 1
  const choosable = !thinking || topP === undefined || topP >= 0.95
  if (!coolable) losses.push(dropped('sampling.temperature', 'The model takes no temperature where it reasons.'))
  if (!choosable) losses.push(dropped('sampling.topP', 'The model takes no such topP where it reasons.'))
  return {
    maxTokens: maxOutputTokens ?? (quirks.defaultMaxTokens ?? defaultMaxTokens) + (effort.budget ?? 0),
    ...known({
      temperature: coolable ? temperature : undefined,
      topP: choosable ? topP : undefined,
      stopSequences: stop && [...stop],
    }),
  }
}

function encodeOutputConfig(format: Format | undefined, { effort }: Effort, losses: Loss[]): OutputConfig | undefined {
  const textFormat = encodeFormat(format, losses)
  return effort === undefined && !textFormat ? undefined : known({ textFormat, effort })
}

function encodeFormat(format: Format | undefined, losses: Loss[]): OutputConfig['textFormat'] {
  if (format?.type === 'json') losses.push(dropped('format', 'Converse has no JSON without a schema.'))
  if (format?.type !== 'json-schema') return undefined
  const { name, schema, description, strict } = format
  if (strict === false) losses.push(approximated('format.strict', 'A schema always binds in Converse.'))
  return {
    type: 'json_schema',
    structure: { jsonSchema: { schema: JSON.stringify(schema), name, ...known({ description }) } },
  }
}

const isTier = isOneOf('default', 'flex', 'priority', 'reserved')

/** The tiers have OpenAI's names; `auto` is what silence means. */
function encodeTier(tier: string | undefined, losses: Loss[]): ConverseRequest['serviceTier'] | undefined {
  if (tier === undefined || tier === 'auto') return undefined
  if (isTier(tier)) return { type: tier }
  losses.push(dropped('serviceTier', `Converse has no tier ${tier}.`))
  return undefined
}

/** What Converse has no word for. */
function unsaid(canonical: Generation, tools: boolean, losses: Loss[]): void {
  const { sampling, reasoning } = canonical
  const drop = dropping(losses)
  drop('sampling.topK', sampling.topK, 'Converse has no topK.')
  drop('sampling.seed', sampling.seed, 'Converse has no seed.')
  drop('sampling.presencePenalty', sampling.presencePenalty, 'Converse has no penalties.')
  drop('sampling.frequencyPenalty', sampling.frequencyPenalty, 'Converse has no penalties.')
  drop('sampling.logitBias', sampling.logitBias, 'Converse has no bias of tokens.')
  drop('sampling.logprobs', sampling.logprobs || undefined, 'Converse has no probabilities.')
  drop('sampling.topLogprobs', sampling.topLogprobs || undefined, 'Converse has no probabilities.')
  drop('sampling.choices', sampling.choices === 1 ? undefined : sampling.choices, 'Converse gives one answer.')
  drop('verbosity', canonical.verbosity, 'Converse has no verbosity.')
  drop('reasoning.summary', reasoning?.summary, 'Converse cannot be asked for a summary of the reasoning.')
  drop('promptCacheKey', canonical.promptCacheKey, 'Converse caches by its own points.')
  drop('safetyIdentifier', canonical.safetyIdentifier, 'Converse asks for no user.')
  drop('user', canonical.user, 'Converse asks for no user.')
  drop('truncation', canonical.truncation === 'auto' ? true : undefined, 'Converse does not shorten a conversation.')
  for (const [index, part] of (canonical.include ?? []).entries())
    // The tokens of reasoning come unasked.
    if (part !== 'reasoning.encrypted_content') losses.push(dropped(`include[${index}]`, `Converse cannot include ${part}.`))
  if (canonical.maxToolCalls !== undefined)
    losses.push(approximated('maxToolCalls', 'The model is given no tool that would count.'))
  // The model is not told; the gateway takes the calls beyond the first out of the answer.
  if (canonical.parallelToolCalls === false && tools)
    losses.push(
      approximated('parallelToolCalls', 'Converse cannot forbid several calls at once: they are taken out of the answer.'),
    )
}
