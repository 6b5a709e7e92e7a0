/** A JSON object whose fields are not known yet. */
export type Loose = Record<string, unknown>

export const isRecord = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
export const isString = (value: unknown): value is string => typeof value === 'string'
export const isNumber = (value: unknown): value is number => typeof value === 'number'
/** A place in a list that has fewer entries than these: any other number, taken for a place, would make a list of that length. */
export const isPlaceBelow = (limit: number, value: unknown): value is number =>
  Number.isInteger(value) && isNumber(value) && value >= 0 && value < limit
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
export const isList = (value: unknown): value is unknown[] => Array.isArray(value)
/** Whatever it is, it is there. */
export const isGiven = (value: unknown): value is NonNullable<unknown> => value !== undefined && value !== null
export const isStrings = (value: unknown): value is string[] => isList(value) && value.every(isString)

/** A guard for one of a few words. */
export const isOneOf =
  <const Word extends string>(...words: readonly Word[]) =>
  (value: unknown): value is Word =>
    (words as readonly unknown[]).includes(value)

/**
 * The objects of a list, where there are any: an empty one says no more than none. What such an object says nobody has checked: the
 * wire's word is taken for it.
 */
export function objects<T extends object>(value: unknown): readonly T[] | undefined {
  const list = isList(value) ? value.filter(isRecord) : []
  return list.length > 0 ? (list as unknown as readonly T[]) : undefined
}

export type Known<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/**
 * Sets an own field whatever its name: assigning to `__proto__`, which JSON may well hold, would change the prototype instead,
 * and its fields would be read though no check has seen them.
 */
function put(into: Loose, field: string, value: unknown): void {
  if (field === '__proto__') Object.defineProperty(into, field, { value, enumerable: true, configurable: true, writable: true })
  else into[field] = value
}

/** The fields that have a value: an optional field is absent or set, never `undefined`. */
export function known<T extends object>(fields: T): Known<T> {
  const set: Loose = {}
  for (const field in fields) if (fields[field] !== undefined) put(set, field, fields[field])
  // The loop is what the type says; TypeScript cannot follow it.
  return set as Known<T>
}

export interface Taking {
  take<T>(field: string, is: (value: unknown) => value is T): T | undefined
  /** What was not taken, without nulls. */
  readonly rest: Loose
}

/**
 * Takes known fields out of a wire object, one by one, so that `rest` is left for the extras. A field of an unexpected type is
 * not taken and survives there. Null is absent.
 */
export function taking(wire: object): Taking {
  const rest: Loose = {}
  for (const [field, value] of Object.entries(wire)) if (value !== null && value !== undefined) put(rest, field, value)
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

/** Puts back what was not taken of an object within, where anything is left. */
export function leave(rest: Loose, field: string, left: Loose): void {
  if (Object.keys(left).length > 0) rest[field] = left
}

/** As `taking`, for what a request has hundreds of: nothing is copied, and `rest` is asked for last. */
export interface Reading {
  take<T>(field: string, is: (value: unknown) => value is T): T | undefined
  /** What was not taken, without nulls. */
  rest(): Loose
}

const nothing: Loose = Object.freeze({})

export function reading(wire: Loose): Reading {
  const taken: string[] = []
  return {
    take(field, is) {
      const value = wire[field]
      if (!is(value)) return undefined
      taken.push(field)
      return value
    },
    rest() {
      let rest = nothing
      for (const field in wire) {
        if (wire[field] === null || wire[field] === undefined || taken.includes(field)) continue
        if (rest === nothing) rest = {}
        put(rest, field, wire[field])
      }
      return rest
    },
  }
}

/** `base` with the fields of `over` put in, object into object. Neither is changed. */
export function overlay(base: Loose, over: Loose): Loose {
  const merged: Loose = { ...base }
  for (const [field, value] of Object.entries(over)) {
    const under = Object.hasOwn(merged, field) ? merged[field] : undefined
    put(merged, field, isRecord(under) && isRecord(value) ? overlay(under, value) : value)
  }
  return merged
}
