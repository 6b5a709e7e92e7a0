import type { generateContent as wire } from '@weir/contracts'
import type { Quirks, Target } from '../../dialect.js'
import { ownExtras } from '../canonical/extras.js'
import type { Encoded, Loss } from '../canonical/loss.js'
import type { Format, Generation } from '../canonical/request.js'
import { overlay } from '../narrow.js'
import { approximated, dropped } from '../losses.js'
import { flattenTools } from '../tools/flatten.js'
import { encodeContents } from './contents-encode.js'
import { isFilled } from './fields.js'
import { encodeFormat } from './format.js'
import { withoutRejected } from './rejected.js'
import { encodeSampling } from './sampling.js'
import { encodeThinking } from './thinking.js'
import { encodeToolChoice } from './tool-choice.js'
import { encodeTools } from './tools.js'

/**
 * What is asked as a generateContent request for this target, with every loss. Model and `stream` stand in it until `address` puts them
 * into the URL. The gateway's own `state` is never a loss.
 */
export function encodeRequest(canonical: Generation, target: Target): Encoded<wire.GenerateContentRequest> {
  const losses: Loss[] = []
  const quirks = target.quirks ?? {}
  const flat = flattenTools(canonical, { customTools: false }, losses)
  const { contents, systemInstruction } = encodeContents(canonical, quirks, flat, losses)
  const { tools, functions } = encodeTools(flat.tools, quirks, losses)
  const calling = encodeToolChoice(canonical.toolChoice, functions, flat, losses)
  const thinking = encodeThinking(canonical.reasoning, quirks, losses)
  const config: wire.GenerationConfig = {
    ...encodeSampling(canonical, losses),
    ...encodeFormat(formatOf(canonical, functions, quirks, losses), losses),
    ...(thinking && { thinkingConfig: thinking }),
  }
  const tier = encodeTier(canonical.serviceTier, losses)
  const body: wire.GenerateContentRequest = {
    model: target.model,
    contents,
    ...(systemInstruction && { systemInstruction }),
    ...(tools.length > 0 && { tools }),
    ...(calling && { toolConfig: { functionCallingConfig: calling } }),
    ...(isFilled(config) && { generationConfig: config }),
    ...(tier !== undefined && { serviceTier: tier }),
    stream: canonical.stream,
  }
  unsaid(canonical, functions, losses)
  const extras = ownExtras('generate-content', canonical.extras, '', losses)
  // Extras are fields beside those that the type knows, or beside those of an object in it.
  const whole = extras ? (overlay({ ...body }, extras) as unknown as wire.GenerateContentRequest) : body
  return { body: withoutRejected(whole, target, losses), losses, ...(flat.names.size > 0 && { names: flat.names }) }
}

function formatOf(
  { format }: Generation,
  functions: readonly string[],
  { noFormatWithTools }: Quirks,
  losses: Loss[],
): Format | undefined {
  if (!format || format.type === 'text' || noFormatWithTools !== true || functions.length === 0) return format
  losses.push(dropped('format', 'This model takes no format beside functions.'))
  return undefined
}

function encodeTier(tier: string | undefined, losses: Loss[]): string | undefined {
  switch (tier) {
    case undefined:
    case 'auto':
      return undefined
    case 'default':
      return 'standard'
    case 'flex':
    case 'priority':
      return tier
    default:
      losses.push(dropped('serviceTier', `Gemini has no service tier ${tier}.`))
      return undefined
  }
}

/** What Gemini has no word for. */
function unsaid(canonical: Generation, functions: readonly string[], losses: Loss[]): void {
  const drop = (path: string, reason: string): void => void losses.push(dropped(path, reason))
  if (canonical.parallelToolCalls === false && functions.length > 0)
    losses.push(approximated('parallelToolCalls', 'The model is not told; calls beside the first are held back from its answer.'))
  if (canonical.maxToolCalls !== undefined)
    losses.push(approximated('maxToolCalls', 'The server is given no tool that would count.'))
  if (canonical.truncation === 'auto') drop('truncation', 'Gemini does not shorten a conversation.')
  if (canonical.verbosity !== undefined) drop('verbosity', 'Gemini cannot be told how much to say.')
  if (canonical.promptCacheKey !== undefined) drop('promptCacheKey', 'Gemini finds what it has cached by itself.')
  if (canonical.safetyIdentifier !== undefined) drop('safetyIdentifier', 'Gemini has no place for it.')
  if (canonical.user !== undefined) drop('user', 'Gemini has no place for it.')
  for (const [index, part] of (canonical.include ?? []).entries())
    // Signatures come by themselves.
    if (part !== 'message.output_text.logprobs' && part !== 'reasoning.encrypted_content')
      drop(`include[${index}]`, `Gemini cannot include ${part}.`)
}
