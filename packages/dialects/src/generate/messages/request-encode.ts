import type { messages } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import { ownExtras } from '../canonical/extras.js'
import type { Encoded, Loss } from '../canonical/loss.js'
import type { Format, Generation } from '../canonical/request.js'
import { approximated, dropped } from '../losses.js'
import { known, overlay, type Loose } from '../narrow.js'
import { flattenTools } from '../tools/flatten.js'
import { withoutFields } from '../without-fields.js'
import { marked, withLastMarks } from './cache-control.js'
import { encodeMessages } from './messages-encode.js'
import { encodeSampling } from './sampling.js'
import { encodeThinking } from './thinking.js'
import { encodeToolChoice } from './tool-choice.js'
import { encodeTools } from './tools-wire.js'
import { placesOf } from './places-of.js'
import { unsaid } from './unsaid.js'

/**
 * What the API demands and a caller of another dialect may leave out, in tokens: each model since Claude 4 can answer at this length.
 * No loss, for no dialect promises an answer without end.
 */
const defaultMaxTokens = 32_000

/** What is asked as a Messages request for this target, with every loss. The gateway's own `state` is never one. */
export function encodeRequest(canonical: Generation, target: Target): Encoded<messages.MessagesRequest> {
  const losses: Loss[] = []
  const quirks = target.quirks ?? {}
  const flat = flattenTools(canonical, { customTools: false }, losses)
  const conversation = encodeMessages(canonical, quirks.systemMessages === true, flat, losses)
  const { tools, choice } = encodeToolChoice(canonical, encodeTools(flat.tools, quirks, losses), flat, quirks, losses)
  const maxTokens = canonical.sampling.maxOutputTokens ?? quirks.defaultMaxTokens ?? defaultMaxTokens
  const bounds = {
    maxTokens,
    forced: choice?.type === 'any' || choice?.type === 'tool',
    amidCalls: isAmidCalls(conversation.messages),
  }
  const { thinking, effort, extras, on } = encodeThinking(canonical, target, bounds, losses)
  const output = known({ effort, format: encodeFormat(canonical.format, quirks.noSchemas === true, losses) })

  const body: messages.MessagesRequest = {
    model: target.model,
    max_tokens: maxTokens,
    ...conversation,
    ...encodeSampling(canonical, on, losses),
    ...known({
      tools: tools.length > 0 ? tools : undefined,
      tool_choice: choice,
      thinking,
      // Anthropic's words, and whatever words come after them.
      output_config: Object.keys(output).length > 0 ? (output as messages.OutputConfig) : undefined,
      metadata: encodeUser(canonical, losses),
      service_tier: encodeTier(canonical.serviceTier, losses),
    }),
    stream: canonical.stream,
  }
  unsaid(canonical, tools, losses)
  const own = marked(canonical.cache, ownExtras('messages', canonical.extras, '', losses))
  const whole = own || extras ? overlay(overlay(body as unknown as Loose, own ?? {}), extras ?? {}) : body
  return {
    // Extras are fields beside those that are known.
    body: withoutRejected(withLastMarks(whole as unknown as messages.MessagesRequest), target, losses),
    losses,
    ...(flat.names.size > 0 && { names: flat.names }),
  }
}

/** Whether results of calls come last, of a turn that did not begin with thinking. */
function isAmidCalls(conversation: readonly messages.Message[]): boolean {
  const [caller, answer] = conversation
    .slice(-2)
    .map(({ content }) => (typeof content === 'string' ? undefined : content[0]?.type))
  return answer === 'tool_result' && caller !== 'thinking' && caller !== 'redacted_thinking'
}

function encodeFormat(
  format: Format | undefined,
  noSchemas: boolean,
  losses: Loss[],
): messages.OutputConfig['format'] | undefined {
  if (!format || format.type === 'text') return undefined
  if (format.type === 'json') {
    losses.push(dropped('format', 'Anthropic holds an answer to a schema only: the prompt alone asks for JSON.'))
    return undefined
  }
  if (noSchemas) {
    losses.push(dropped('format', 'This model cannot be held to a schema.'))
    return undefined
  }
  losses.push(...nameLosses(format))
  return { type: 'json_schema', schema: format.schema }
}

/** What a schema says of itself elsewhere. The name that this dialect's own decoder gives says nothing. */
function nameLosses({ name, description, strict }: Extract<Format, { type: 'json-schema' }>): Loss[] {
  return [
    ...(name === 'answer' ? [] : [dropped('format.name', 'A schema has no name here.')]),
    ...(description === undefined ? [] : [dropped('format.description', 'A schema has no description here but its own.')]),
    ...(strict === true ? [] : [approximated('format.strict', 'Anthropic always holds an answer to its schema.')]),
  ]
}

function encodeUser({ safetyIdentifier, user }: Generation, losses: Loss[]): { user_id: string } | undefined {
  if (user !== undefined && safetyIdentifier !== undefined && user !== safetyIdentifier)
    losses.push(dropped('user', 'Only the safety identifier goes: Anthropic has room for one.'))
  const id = safetyIdentifier ?? user
  return id === undefined ? undefined : { user_id: id }
}

function encodeTier(tier: string | undefined, losses: Loss[]): string | undefined {
  if (tier === undefined || tier === 'auto') return tier
  if (tier === 'default') {
    losses.push(approximated('serviceTier', 'The usual tier is called standard_only.'))
    return 'standard_only'
  }
  losses.push(dropped('serviceTier', `Anthropic has no tier of the name ${tier}.`))
  return undefined
}

/** The body without the parameters that this server rejects, each of them a declared loss. */
export function withoutRejected(body: messages.MessagesRequest, target: Target, losses: Loss[]): messages.MessagesRequest {
  return withoutFields(body, target.quirks?.rejects ?? [], placesOf, losses)
}
