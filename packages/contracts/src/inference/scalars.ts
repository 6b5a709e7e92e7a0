// Rules for values that hold no other value.
import { isRecord, refuse } from './fault.js'
import type { JsonSchemaObject, RequiredRule } from './rule.js'

export function scalar<T>(expected: string, json: JsonSchemaObject, accepts: (value: unknown) => boolean): RequiredRule<T> {
  return {
    check: (value) => (accepts(value) ? undefined : refuse(expected, value)),
    expected,
    json,
    components: {},
    optional: false,
  }
}

export const anything = scalar<unknown>('any value', {}, () => true)
export const freeObject = scalar<Record<string, unknown>>('an object', { type: 'object' }, isRecord)
export const text = scalar<string>('a string', { type: 'string' }, (value) => typeof value === 'string')
export const name = scalar<string>(
  'a string that is not empty',
  { type: 'string', minLength: 1 },
  (value) => typeof value === 'string' && value !== '',
)
export const flag = scalar<boolean>('a boolean', { type: 'boolean' }, (value) => typeof value === 'boolean')

interface Range {
  readonly minimum?: number
  readonly maximum?: number
}

function bounds({ minimum, maximum }: Range): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`
  if (minimum !== undefined) return ` of at least ${minimum}`
  return maximum === undefined ? '' : ` of at most ${maximum}`
}

const within = ({ minimum = -Infinity, maximum = Infinity }: Range, value: number) => value >= minimum && value <= maximum

/** A number, both bounds included. */
export const number = (range: Range = {}): RequiredRule<number> =>
  scalar(`a number${bounds(range)}`, { type: 'number', ...range }, (value) => typeof value === 'number' && within(range, value))

/** A whole number, both bounds included. */
export const integer = (range: Range = {}): RequiredRule<number> =>
  scalar(
    `a whole number${bounds(range)}`,
    { type: 'integer', ...range },
    (value) => Number.isInteger(value) && within(range, Number(value)),
  )

/** `a-z A-Z 0-9 _ -`, the letters of a name that a model writes. */
export const wordLetters = { pattern: /^[a-zA-Z0-9_-]*$/, of: 'letters, digits, "_" and "-"' } as const

interface TextLimits {
  /** UTF-16 code units, which is what `length` counts and never less than what the API counts. */
  readonly minimum?: number
  readonly maximum: number
  readonly letters?: { readonly pattern: RegExp; readonly of: string }
}

/** A string of a limited length and, maybe, of certain letters only. What is wrong with its length is told in numbers. */
export function textOf({ minimum = 0, maximum, letters }: TextLimits): RequiredRule<string> {
  const limited = minimum > 0 ? `a string of ${minimum} to ${maximum} characters` : `a string of at most ${maximum} characters`
  // A limit of megabytes is no news to whom it does not concern.
  const expected = `${maximum < 1_000_000 ? limited : 'a string'}${letters ? ` (${letters.of} only)` : ''}`
  return {
    check(value) {
      if (typeof value !== 'string') return refuse(expected, value)
      if (value.length < minimum || value.length > maximum)
        return { path: [], message: `Expected ${limited}, but got ${value.length} characters.`, missing: false }
      return letters && !letters.pattern.test(value) ? refuse(expected, value) : undefined
    },
    expected,
    json: {
      type: 'string',
      ...(minimum > 0 && { minLength: minimum }),
      maxLength: maximum,
      ...(letters && { pattern: letters.pattern.source }),
    },
    components: {},
    optional: false,
  }
}

/** One of these strings and no other. */
export function oneOf<const V extends readonly string[]>(...values: V): RequiredRule<V[number]> {
  const known = new Set<unknown>(values)
  const expected = values.length === 1 ? `"${values[0]}"` : `one of ${values.map((value) => `"${value}"`).join(', ')}`
  return scalar(expected, { type: 'string', enum: [...values] }, (value) => known.has(value))
}
