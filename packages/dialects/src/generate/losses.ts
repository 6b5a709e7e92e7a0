import type { Loss } from './canonical/loss.js'

export const dropped = (path: string, reason: string): Loss => ({ path, disposition: 'dropped', reason })
export const approximated = (path: string, reason: string): Loss => ({ path, disposition: 'approximated', reason })
