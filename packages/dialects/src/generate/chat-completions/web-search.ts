import type { chat } from '@weir/contracts'
import type { Loss } from '../canonical/loss.js'
import type { HostedTool } from '../canonical/request.js'
import { isRecord, known } from '../narrow.js'
import { approximated, dropped } from '../losses.js'

/**
 * A search of the web by the tool that a chat server has for it. What that cannot be told is a loss of its own; a search that must not
 * leave the provider's cache is none that it can do.
 */
export function encodeWebSearch(tool: HostedTool, type: string, path: string, losses: Loss[]): chat.ChatTool | undefined {
  const { type: _, external_web_access: external, filters, search_context_size, ...rest } = tool.extras.responses ?? {}
  if (external === false) {
    losses.push(dropped(path, 'This server searches the live web only.'))
    return undefined
  }
  const { allowed_domains, ...other } = isRecord(filters) ? filters : {}
  for (const field of [...Object.keys(rest), ...Object.keys(other).map((name) => `filters.${name}`)])
    losses.push(dropped(`${path}.extras.responses.${field}`, 'The search of this server has no such setting.'))
  losses.push(approximated(path, 'The server searches in its own way, and tells only what it cites.'))
  const parameters = known({
    allowed_domains: allowed_domains ?? undefined,
    search_context_size: search_context_size ?? undefined,
  })
  // A tool of this server alone.
  return { type, ...(Object.keys(parameters).length > 0 && { parameters }) } as unknown as chat.ChatTool
}
