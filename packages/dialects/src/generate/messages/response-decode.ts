import { MalformedAnswer } from '../../dialect.js'
import { extrasOf, type Extras } from '../canonical/extras.js'
import type { Generated, Outcome } from '../canonical/response.js'
import { isList, isRecord, isString, known, type Loose } from '../narrow.js'
import { failureOf } from '../openai-error.js'
import { decodeBlocks } from './blocks-decode.js'
import { decodeStopReason, encodeStopReason, shownBy, type Shown } from './stop-reason.js'
import { decodeUsage, usageExtras } from './usage.js'

/** A message as an answer. An error with status 200 is an answer that failed. Throws `MalformedAnswer` for what is neither. */
export function decodeResponse(wire: unknown): Generated {
  if (!isRecord(wire)) throw new MalformedAnswer('The provider sent no JSON object.')
  if (isRecord(wire.error) && !(isList(wire.content) && wire.content.length > 0))
    return { ...decodeHead(wire), items: [], outcome: { status: 'failed', failure: failureOf(wire.error) } }
  if (!isList(wire.content)) throw new MalformedAnswer('The provider sent an object without content.')
  const outcome = decodeStopReason(wire.stop_reason)
  const items = decodeBlocks(wire.content, { status: 'completed' }, 'content')
  const last = items.pop()
  if (last) items.push(outcome.status === 'incomplete' ? { ...last, status: 'incomplete' } : last)
  return {
    ...decodeHead(wire),
    items,
    outcome,
    ...known({ usage: decodeUsage(wire.usage), serviceTier: tierOf(wire.usage) }),
    ...endingExtras(wire, wire.usage, outcome, shownBy(items)),
  }
}

export function decodeHead({ id, model }: Loose): Pick<Generated, 'id' | 'model'> {
  return known({ id: isString(id) && id !== '' ? id : undefined, model: isString(model) && model !== '' ? model : undefined })
}

/** The tier that was used, by the name that other dialects have for the usual one. */
export function tierOf(usage: unknown): string | undefined {
  const tier = isRecord(usage) && isString(usage.service_tier) ? usage.service_tier : undefined
  return tier === 'standard' ? 'default' : tier
}

/** Said elsewhere in the canonical answer. */
const answered = new Set(['id', 'type', 'role', 'model', 'content', 'stop_reason', 'usage'])

/** What an answer says at its end and only this dialect knows: a reason to stop too, where the outcome does not lead back to it. */
export function endingExtras(ending: Loose, usage: unknown, outcome: Outcome, shown: Shown): { extras?: Extras } {
  const fields = Object.entries(ending).filter(([field, value]) => value !== null && value !== undefined && !answered.has(field))
  const extras: Loose = Object.fromEntries(fields)
  const { stop_reason: reason } = ending
  if (isString(reason) && reason !== encodeStopReason(outcome, shown)) extras.stop_reason = reason
  const counted = usageExtras(usage)
  if (Object.keys(counted).length > 0) extras.usage = counted
  return extrasOf('messages', extras)
}
