// Bounds for what callers and upstreams make as long as they like.
import type { Loss } from '@weir/dialects'

const mostLosses = 100
const longestLoss = 200
export const longestName = 256
const longestDetail = 1000

/** The first `longest` characters. */
export const clip = (text: string, longest: number): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text)

export const clipName = (name: string | null): string | null => name && clip(name, longestName)

export const clipDetail = (detail: string | null): string | null => detail && clip(detail, longestDetail)

/** The first losses, and how many more there are. */
export function clipLosses(losses: readonly Loss[]): readonly Loss[] {
  const rest = losses.slice(mostLosses)
  const first = losses.slice(0, mostLosses).map(({ path, disposition, reason }) => ({
    path: clip(path, longestLoss),
    disposition,
    reason: clip(reason, longestLoss),
  }))
  if (rest.length === 0) return first
  const disposition = rest.some((loss) => loss.disposition === 'dropped') ? 'dropped' : 'approximated'
  return [...first, { path: '*', disposition, reason: `${rest.length} more are not listed.` }]
}
