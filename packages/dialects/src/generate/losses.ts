import type { ForeignItem, HostedToolCallItem } from './canonical/item.js'
import type { Loss } from './canonical/loss.js'
import type { ForeignPart } from './canonical/part.js'
import type { ReplayToken } from './canonical/replay-token.js'
import { isString } from './narrow.js'

export const dropped = (path: string, reason: string): Loss => ({ path, disposition: 'dropped', reason })
export const approximated = (path: string, reason: string): Loss => ({ path, disposition: 'approximated', reason })

/** Declares as dropped what is given, and nothing where it is not. */
export const dropping =
  (losses: Loss[]) =>
  (path: string, value: unknown, reason: string): void => {
    if (value !== undefined) losses.push(dropped(path, reason))
  }

/** Why an item of another dialect has no place in this one. */
export const foreignItem = (item: HostedToolCallItem | ForeignItem): string =>
  `Only the ${item.dialect} dialect knows this item, ${item.type === 'hosted-tool-call' ? item.tool : kindOf(item.wire)}.`

/** Why a part of another dialect has no place in this one. */
export const foreignPart = ({ dialect, wire }: ForeignPart): string =>
  `Only the ${dialect} dialect knows this part, ${kindOf(wire)}.`

export const foreignToken = ({ dialect }: ReplayToken): string => `Only its issuer, which speaks ${dialect}, can read this token.`

/** The type of what is named by one, or else the field by which it is known. */
function kindOf(wire: object): string {
  if ('type' in wire && isString(wire.type)) return wire.type
  if ('role' in wire && isString(wire.role)) return `a message of the role ${wire.role}`
  return Object.keys(wire)[0] ?? 'which is empty'
}
