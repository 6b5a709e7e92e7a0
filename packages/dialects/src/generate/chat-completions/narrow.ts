/** A JSON object whose fields are not known yet. */
export type Loose = Record<string, unknown>

export const isRecord = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
export const isString = (value: unknown): value is string => typeof value === 'string'
export const isNumber = (value: unknown): value is number => typeof value === 'number'
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
export const isList = (value: unknown): value is unknown[] => Array.isArray(value)

type Known<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The fields that have a value: an optional field is absent or set, never `undefined`. */
export function known<T extends object>(fields: T): Known<T> {
  const set: Loose = {}
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) set[field] = value
  // The loop is what the type says; TypeScript cannot follow it.
  return set as Known<T>
}

/**
 * Takes known fields out of a wire object one by one; what is left over is `rest`, for the extras. A field of an unexpected
 * type is not taken, so it survives there. Null is absent, everywhere.
 */
export function taking(wire: object): { take<T>(field: string, is: (value: unknown) => value is T): T | undefined; rest: Loose } {
  const rest = withoutNulls(wire)
  return {
    rest,
    take(field, is) {
      const value = rest[field]
      if (!is(value)) return undefined
      delete rest[field]
      return value
    },
  }
}

/** The fields that are not null. */
export function withoutNulls(wire: object): Loose {
  const set: Loose = {}
  for (const [field, value] of Object.entries(wire)) if (value !== null && value !== undefined) set[field] = value
  return set
}

/** `base` with the fields of `over` put in, object into object. Neither is changed. */
export function overlay<T extends object>(base: T, over: Loose | undefined): T {
  if (!over) return base
  const merged: Loose = Object.fromEntries(Object.entries(base))
  for (const [field, value] of Object.entries(over)) {
    const under = merged[field]
    merged[field] = isRecord(under) && isRecord(value) ? overlay(under, value) : value
  }
  // Extras are fields beside those that `T` knows.
  return merged as T
}
