// libsql aborts the whole process on some values (a boolean), binds every number as REAL, and reads text only up to its first
// NUL. So nothing is bound but what went through here; `Bound` can be made nowhere else.

export type Bindable = string | number | bigint | null

declare const guarded: unique symbol
/** Values that are safe to bind, once: escaped text would be escaped again. */
export type Bound = readonly Bindable[] & { readonly [guarded]: true }

/**
 * Whole numbers become INTEGER, fractions REAL, text stays text (but a lone surrogate, for which UTF-8 has no form, is read back
 * as U+FFFD). Throws a `TypeError` or `RangeError` for what SQLite cannot hold exactly: other types, NaN, infinities, whole
 * numbers beyond 2^53, bigints beyond 64 bits.
 */
export function bind(values: readonly unknown[]): Bound {
  // The brand exists for the compiler only.
  return values.map(bindable) as readonly Bindable[] as Bound
}

function bindable(value: unknown): Bindable {
  if (typeof value === 'string') return escapeText(value)
  if (value === null) return null
  if (typeof value === 'number') return numeric(value)
  if (typeof value === 'bigint') return sixtyFourBits(value)
  throw new TypeError(`cannot bind ${typeof value}: only text, numbers, bigints and null`)
}

function numeric(value: number): number | bigint {
  if (Number.isSafeInteger(value)) return BigInt(value)
  if (!Number.isFinite(value) || Number.isInteger(value)) throw new RangeError(`cannot bind ${value}: it would be rounded`)
  return value
}

function sixtyFourBits(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new RangeError('cannot bind a bigint of more than 64 bits')
  return value
}

// One-to-one, so that two texts that differ never meet in one id.
const escape = '\u0001'

function escapeText(text: string): string {
  if (!text.includes('\0') && !text.includes(escape)) return text
  return text.replaceAll(escape, `${escape}1`).replaceAll('\0', `${escape}0`)
}

/** Text as it was before it was bound. */
export function unescapeText(text: string): string {
  if (!text.includes(escape)) return text
  return text.replaceAll(`${escape}0`, '\0').replaceAll(`${escape}1`, escape)
}

/** Ids as one value to bind, for `IN (SELECT value FROM json_each(?))`. */
export function idList(ids: readonly string[]): string {
  return JSON.stringify(ids.map(escapeText))
}

const loneSurrogates = /\p{Surrogate}/gu

/**
 * Rows as one value to bind, for `INSERT … SELECT json_extract(value, '$[0]'), … FROM json_each(?)`: a whole group crosses to the
 * writer as one text, where binding value by value costs many times as much. The same guard as `bind`; no bigints.
 */
export function rowList(rows: readonly (readonly (string | number | null)[])[]): string {
  return JSON.stringify(rows, (_, value: unknown) => {
    if (typeof value === 'string') return escapeText(value).replace(loneSurrogates, '\uFFFD')
    if (typeof value === 'number') numeric(value)
    return value
  })
}
