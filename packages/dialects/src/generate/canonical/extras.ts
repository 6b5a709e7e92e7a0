import type { DialectName } from '../../dialect.js'

/**
 * Fields that only one dialect knows (`cache_control` on a part, `seed` on a request), kept under that dialect's name and
 * put back by it. To any other dialect each of them is a declared loss.
 */
export type Extras = { readonly [D in DialectName]?: { readonly [field: string]: unknown } }

/** `fields` as extras of a dialect, or nothing where there are none. Spread it: `...extrasOf('responses', rest)`. */
export function extrasOf(dialect: DialectName, fields: object): { extras?: Extras } {
  for (const _ in fields) return { extras: { [dialect]: fields } as Extras }
  return {}
}
