import type { messages } from '@weir/contracts'
import type { Loss } from '../canonical/loss.js'
import type { HostedTool } from '../canonical/request.js'
import { approximated, dropped } from '../losses.js'
import { isRecord, isString, isStrings, known } from '../narrow.js'

/**
 * Responses' search of the web as Anthropic's, of the version `type`. What that cannot be told is a loss of its own; a search that must
 * not leave the provider's cache is none that it can do.
 */
export function encodeWebSearch(tool: HostedTool, type: string, path: string, losses: Loss[]): messages.MessagesTool | undefined {
  const { type: _, external_web_access: external, filters, user_location: place, ...rest } = tool.extras.responses ?? {}
  if (external === false) {
    losses.push(dropped(path, 'Anthropic searches the live web only.'))
    return undefined
  }
  const { allowed_domains: domains, ...other } = isRecord(filters) ? filters : {}
  for (const field of [...Object.keys(rest), ...Object.keys(other).map((name) => `filters.${name}`)])
    losses.push(dropped(`${path}.extras.responses.${field}`, 'The search of Anthropic has no such setting.'))
  losses.push(approximated(path, 'The server searches in its own way.'))
  const wire = {
    type,
    name: 'web_search',
    ...known({
      allowed_domains: isStrings(domains) && domains.length > 0 ? domains : undefined,
      user_location: isRecord(place) && isString(place.type) ? place : undefined,
    }),
  }
  return wire
}
