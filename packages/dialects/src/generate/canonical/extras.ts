import type { DialectName } from '../../dialect.js'
import type { Loose } from '../narrow.js'
import type { Loss } from './loss.js'

/**
 * Fields that only one dialect knows (`cache_control` on a part, `seed` on a request), kept under that dialect's name and
 * put back by it. To any other dialect each of them is a declared loss.
 */
export type Extras = { readonly [D in DialectName]?: { readonly [field: string]: unknown } }

/** `fields` as extras of a dialect, or nothing where there are none. Spread it: `...extrasOf('responses', rest)`. */
export function extrasOf<Name extends string>(
  dialect: Name,
  fields: object,
): { extras?: { readonly [N in Name]?: { readonly [field: string]: unknown } } } {
  for (const _ in fields) return { extras: { [dialect]: fields } as { [N in Name]?: Loose } }
  return {}
}

/**
 * The extras that are a dialect's own, to be put back. Each field of another dialect is declared as dropped; every level of a
 * request passes its extras through here once, so that nothing is left out in silence. `path`: where they stand, '' for the top.
 */
export function ownExtras<Name extends string>(
  own: Name,
  extras: { readonly [N in Name]?: { readonly [field: string]: unknown } } | undefined,
  path: string,
  losses: Loss[],
): Loose | undefined {
  if (!extras) return undefined
  for (const [dialect, fields] of Object.entries<object | undefined>(extras)) {
    if (dialect === own) continue
    for (const field of Object.keys(fields ?? {}))
      losses.push({
        path: `${path === '' ? '' : `${path}.`}extras.${dialect}.${field}`,
        disposition: 'dropped',
        reason: `Only the ${dialect} dialect has this field.`,
      })
  }
  return extras[own]
}
