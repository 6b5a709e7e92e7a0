// Rules check an inference body in place: nothing is copied, so unknown fields, key order and every byte of text live on, and
// a body of 100 KB costs microseconds where building it anew from schemas of objects costs milliseconds. The same rule
// describes itself as JSON Schema for OpenAPI, and as a type for the tests against drift.
import * as z from 'zod'
import { absent, isRecord, refuse, under, type Fault } from './fault.js'
import { oneOf, scalar, text, textOf } from './scalars.js'

export { anything, flag, freeObject, integer, name, number, oneOf, text, textOf } from './scalars.js'

export type JsonSchemaObject = { [keyword: string]: unknown }

export interface Rule<T> {
  readonly check: (value: unknown) => Fault | undefined
  /** What it takes, as the end of the sentence "Expected …". */
  readonly expected: string
  readonly json: JsonSchemaObject
  /** The named schemas that `json` refers to. */
  readonly components: Readonly<Record<string, JsonSchemaObject>>
  /** Whether the field may be absent. */
  readonly optional: boolean
  /** Never set: carries the type. */
  readonly type?: T
}

export interface OptionalRule<T> extends Rule<T> {
  readonly optional: true
}

export interface RequiredRule<T> extends Rule<T> {
  readonly optional: false
}

export type Fields = { readonly [name: string]: OptionalRule<unknown> | RequiredRule<unknown> }

type TypeOf<R> = R extends Rule<infer T> ? T : never

/** The object that these fields describe, as far as they know it. */
export type Known<F extends Fields> = {
  [K in keyof F as F[K] extends OptionalRule<unknown> ? never : K]: TypeOf<F[K]>
} & { [K in keyof F as F[K] extends OptionalRule<unknown> ? K : never]?: TypeOf<F[K]> }

/** A field that may be absent. */
export const optional = <T>(rule: Rule<T>): OptionalRule<T> => ({ ...rule, optional: true })

/** A field that may be absent or null. */
export const nullish = <T>(rule: Rule<T>): OptionalRule<T | null> => ({ ...nullable(rule), optional: true })

export const nullable = <T>(rule: Rule<T>): RequiredRule<T | null> => ({
  ...rule,
  check: (value) => (value === null ? undefined : rule.check(value)),
  expected: `${rule.expected} or null`,
  json:
    typeof rule.json['type'] === 'string' && !('enum' in rule.json)
      ? { ...rule.json, type: [rule.json['type'], 'null'] }
      : { anyOf: [rule.json, { type: 'null' }] },
  optional: false,
})

/** A value of either kind; objects and arrays are judged by the second rule, everything else by the first. */
export const either = <A, B>(plain: Rule<A>, structured: Rule<B>): RequiredRule<A | B> => {
  const expected = `${plain.expected} or ${structured.expected}`
  return {
    check(value) {
      if (typeof value === 'object' && value !== null) return structured.check(value)
      const fault = plain.check(value)
      if (fault === undefined) return undefined
      // Of a string that is too long its length is told; what else is no string could have been either.
      return typeof value === 'string' && 'maxLength' in plain.json ? fault : refuse(expected, value)
    },
    expected,
    json: { anyOf: [plain.json, structured.json] },
    components: { ...plain.components, ...structured.components },
    optional: false,
  }
}

/** Two kinds of scalar. */
export const both = <A, B>(first: Rule<A>, second: Rule<B>): RequiredRule<A | B> => {
  const expected = `${first.expected} or ${second.expected}`
  return {
    ...scalar(
      expected,
      { anyOf: [first.json, second.json] },
      (value) => first.check(value) === undefined || second.check(value) === undefined,
    ),
    components: { ...first.components, ...second.components },
  }
}

export const list = <T>(of: Rule<T>): RequiredRule<T[]> => ({
  check(value) {
    if (!Array.isArray(value)) return refuse('an array', value)
    for (let index = 0; index < value.length; index++) {
      const fault = of.check(value[index])
      if (fault !== undefined) return under(index, fault)
    }
    return undefined
  },
  expected: 'an array',
  json: { type: 'array', items: of.json },
  components: of.components,
  optional: false,
})

/** A list that has something in it. */
export const filled = <T>(of: Rule<T>): RequiredRule<T[]> => {
  const any = list(of)
  return {
    ...any,
    check: (value) =>
      Array.isArray(value) && value.length === 0
        ? { path: [], message: 'Expected an array that is not empty.', missing: false }
        : any.check(value),
    expected: 'an array that is not empty',
    json: { ...any.json, minItems: 1 },
  }
}

/** A list in the JSON of protocol buffers: of one thing, the thing alone will do. */
export const repeated = <T>(of: Rule<T>): RequiredRule<T | T[]> => {
  const many = list(of)
  return {
    ...many,
    check: (value) => (isRecord(value) ? of.check(value) : many.check(value)),
    json: { anyOf: [many.json, of.json] },
  }
}

interface MapLimits {
  readonly pairs?: number
  readonly key?: number
}

/** An object whose keys are the caller's own. */
export const map = <T>(
  of: Rule<T>,
  { pairs = Infinity, key: longest = Infinity }: MapLimits = {},
): RequiredRule<Record<string, T>> => ({
  check(value) {
    if (!isRecord(value)) return refuse('an object', value)
    const keys = Object.keys(value)
    if (keys.length > pairs)
      return { path: [], message: `Expected at most ${pairs} pairs, but got ${keys.length}.`, missing: false }
    for (const key of keys) {
      if (key.length > longest) return { path: [], message: `Expected keys of at most ${longest} characters.`, missing: false }
      const fault = of.check(value[key])
      if (fault !== undefined) return under(key, fault)
    }
    return undefined
  },
  expected: 'an object',
  json: {
    type: 'object',
    additionalProperties: of.json,
    ...(pairs < Infinity && { maxProperties: pairs }),
    ...(longest < Infinity && { propertyNames: { maxLength: longest } }),
  },
  components: of.components,
  optional: false,
})

/** Strings by the caller's own keys: at most 16 pairs, keys of 64 characters, values of 512. */
export const metadata = map(textOf({ maximum: 512 }), { pairs: 16, key: 64 })

function checkFields(value: Record<string, unknown>, entries: readonly (readonly [string, Rule<unknown>])[]): Fault | undefined {
  for (const [field, rule] of entries) {
    const found = value[field]
    if (found === undefined) {
      if (!rule.optional) return absent(field, rule.expected)
    } else {
      const fault = rule.check(found)
      if (fault !== undefined) return under(field, fault)
    }
  }
  return undefined
}

const componentsOf = (rules: readonly Rule<unknown>[]) =>
  Object.assign({}, ...rules.map((rule) => rule.components)) as Rule<unknown>['components']

function describeFields(fields: Fields): JsonSchemaObject {
  const required = Object.keys(fields).filter((field) => fields[field]?.optional === false)
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([field, rule]) => [field, rule.json])),
    ...(required.length > 0 && { required }),
  }
}

/** An object with these fields; any others pass. */
export function object<const F extends Fields>(fields: F): RequiredRule<Known<F>> {
  const entries = Object.entries(fields)
  return {
    check: (value) => (isRecord(value) ? checkFields(value, entries) : refuse('an object', value)),
    expected: 'an object',
    json: describeFields(fields),
    components: componentsOf(Object.values(fields)),
    optional: false,
  }
}

type Variants<K extends string, V extends { readonly [tag: string]: Fields }> = {
  [T in keyof V & string]: { [P in K]: T } & Known<V[T]>
}[keyof V & string]

/**
 * An object whose tag, under `key`, says which fields it has. A tag that is not in the table passes with any fields; one that
 * is absent means `untagged`, where that is given.
 */
export function variants<const K extends string, const V extends { readonly [tag: string]: Fields }>(
  key: K,
  table: V,
  untagged?: keyof V & string,
): RequiredRule<Variants<K, V>> {
  const entries = new Map(Object.entries(table).map(([tag, fields]) => [tag, Object.entries(fields)] as const))
  const schemas = Object.entries(table).map(([tag, fields]) => {
    const json = describeFields({ [key]: tag === untagged ? optional(oneOf(tag)) : oneOf(tag), ...fields })
    return { title: tag, ...json }
  })
  return {
    check(value) {
      if (!isRecord(value)) return refuse('an object', value)
      const tag = value[key] ?? untagged
      if (tag === undefined) return absent(key, text.expected)
      if (typeof tag !== 'string') return under(key, refuse('a string', tag))
      const fields = entries.get(tag)
      return fields === undefined ? undefined : checkFields(value, fields)
    },
    expected: 'an object',
    json: { anyOf: [...schemas, { title: 'other', type: 'object', properties: { [key]: { type: 'string' } }, required: [key] }] },
    components: componentsOf(Object.values(table).flatMap((fields) => Object.values(fields))),
    optional: false,
  }
}

/** An object that these laws hold for as well, which look at several of its fields. They are asked once each field is right. */
export const lawful = <T>(
  rule: RequiredRule<T>,
  ...laws: ((value: Record<string, unknown>) => Fault | undefined)[]
): RequiredRule<T> => ({
  ...rule,
  check(value) {
    const fault = rule.check(value)
    if (fault !== undefined || !isRecord(value)) return fault
    for (const law of laws) {
      const broken = law(value)
      if (broken !== undefined) return broken
    }
    return undefined
  },
})

/** As `variants`, for a tag that is one of the table and no other. */
export function closedVariants<const K extends string, const V extends { readonly [tag: string]: Fields }>(
  key: K,
  table: V,
): RequiredRule<Variants<K, V>> {
  const tag = oneOf(...Object.keys(table))
  const rule = variants(key, table)
  const { anyOf } = rule.json
  return {
    ...rule,
    check(value) {
      const fault = isRecord(value) && value[key] !== undefined ? tag.check(value[key]) : undefined
      return fault ? under(key, fault) : rule.check(value)
    },
    json: { anyOf: Array.isArray(anyOf) ? anyOf.slice(0, -1) : [] },
  }
}

/** The same rule, as a component of the OpenAPI document. Its type stays behind, or each declaration file would spell it out again. */
export const named = (id: string, rule: RequiredRule<unknown>): RequiredRule<unknown> => ({
  ...rule,
  json: { $ref: `#/components/schemas/${id}` },
  components: { ...rule.components, [id]: rule.json },
})

/**
 * The rule as a zod schema. What it lets through is the very value that came in. The cast says that it is a `Wire`: the rules
 * know less than the type (which fields exist, not every combination), and schema.test.ts holds the two together.
 */
export function wireSchema<Wire>(rule: Rule<unknown>): z.ZodType<Wire, Wire> {
  const schema = z.unknown().check((context) => {
    const fault = rule.check(context.value)
    if (fault !== undefined) {
      const { message, path, missing } = fault
      context.issues.push({ code: 'custom', message, path, params: { missing }, input: context.value })
    }
  })
  return schema.meta({ override: rule.json }) as z.ZodType as z.ZodType<Wire, Wire>
}
