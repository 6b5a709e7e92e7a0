import { MalformedAnswer } from '../../dialect.js'
import { extrasOf } from '../canonical/extras.js'
import type { Item, ItemStatus } from '../canonical/item.js'
import type { Generated, Outcome } from '../canonical/response.js'
import { isGiven, isList, isNumber, isRecord, isString, known, type Loose } from '../narrow.js'
import { failureOf } from '../openai-error.js'
import { decodeItem } from './items-decode.js'
import { decodeUsage } from './usage.js'

/** A response object as an answer. Throws `MalformedAnswer` for what is none. */
export function decodeResponse(wire: unknown): Generated {
  if (!isRecord(wire))
    throw new MalformedAnswer(`A response object was expected, not ${isList(wire) ? 'a list' : `a ${typeof wire}`}.`)
  if (!isList(wire.output) && !isRecord(wire.error) && wire.object !== 'response')
    throw new MalformedAnswer('A response object was expected: this one has neither an output nor an error.')
  const outcome = decodeOutcome(wire)
  const usage = decodeUsage(wire.usage)
  return {
    ...decodeHead(wire),
    items: decodeOutput(wire, outcome),
    outcome,
    ...known({ usage }),
    ...(outcome.status === 'failed' ? {} : decodeTail(wire)),
  }
}

/** What a response says of itself from its beginning. */
export function decodeHead(wire: Loose): Pick<Generated, 'id' | 'model' | 'createdAt'> {
  const { id, model, created_at: createdAt } = wire
  return known({
    id: isString(id) ? id : undefined,
    model: isString(model) ? model : undefined,
    createdAt: isNumber(createdAt) ? createdAt : undefined,
  })
}

/** Repeats what was asked, or is said elsewhere in the canonical answer; everything else is kept among the extras. */
const answered = new Set(
  `id object created_at completed_at status background error incomplete_details instructions max_output_tokens max_tool_calls model
  output output_text parallel_tool_calls previous_response_id conversation prompt prompt_cache_key prompt_cache_options
  prompt_cache_retention reasoning safety_identifier service_tier store temperature text tool_choice tools top_logprobs top_p
  presence_penalty frequency_penalty truncation usage user metadata provider`.split(/\s+/),
)

/** What a response knows at its end. */
export function decodeTail(wire: Loose): Pick<Generated, 'serviceTier' | 'extras'> {
  const extras: Loose = {}
  for (const [field, value] of Object.entries(wire)) if (value !== null && !answered.has(field)) extras[field] = value
  return {
    ...known({ serviceTier: isString(wire.service_tier) ? wire.service_tier : undefined }),
    ...extrasOf('responses', extras),
  }
}

/** How it ended; `status` is that of the terminal event, where the object does not say. */
export function decodeOutcome(wire: Loose, status?: string): Outcome {
  switch (isRecord(wire.error) ? 'failed' : (wire.status ?? status)) {
    case 'failed':
      return { status: 'failed', failure: failureOf(wire.error) }
    case 'cancelled':
      return { status: 'failed', failure: { kind: 'failed', message: 'The provider cancelled the response.', code: 'cancelled' } }
    case 'incomplete': {
      const details = wire.incomplete_details
      return { status: 'incomplete', reason: isRecord(details) && isString(details.reason) ? details.reason : 'unknown' }
    }
    case 'queued':
    case 'in_progress':
      return { status: 'failed', failure: { kind: 'cut', message: 'The provider gave a response that is still in progress.' } }
    default:
      return { status: 'completed' }
  }
}

function decodeOutput(wire: Loose, outcome: Outcome): Item[] {
  const output = isList(wire.output) ? wire.output : []
  return output.map((item, index) => {
    const last = index === output.length - 1
    return decodeOutputItem(item, `output[${index}]`, last && outcome.status === 'incomplete' ? 'incomplete' : 'completed')
  })
}

/** An item of an answer; `status` is what its place says of it, where it says nothing itself. */
export function decodeOutputItem(wire: unknown, path: string, status: ItemStatus): Item {
  let item: Item
  try {
    // What is kept of an answer is read by its types.
    if (isRecord(wire) && isGiven(wire.type) && !isString(wire.type)) throw new TypeError('The type of an item is no text.')
    item = decodeItem(wire, path)
  } catch (cause) {
    throw new MalformedAnswer(`The response has an item at ${path} that cannot be read.`, { cause })
  }
  if (item.status !== undefined || (item.type !== 'message' && item.type !== 'tool-call')) return item
  return { ...item, status }
}
