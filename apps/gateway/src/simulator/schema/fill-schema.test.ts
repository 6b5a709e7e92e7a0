import { Ajv2020 } from 'ajv/dist/2020.js'
import {
  array,
  assert,
  boolean,
  constantFrom,
  dictionary,
  integer,
  letrec,
  oneof,
  option,
  property,
  tuple,
  type Arbitrary,
} from 'fast-check'
import type { JsonSchema } from '@weir/contracts'
import { describe, expect, test } from 'vitest'
import { fillSchema } from './fill-schema.js'

const bounds = (low: string, high: string, least: number, most: number): Arbitrary<object> =>
  option(tuple(integer({ min: least, max: most }), integer({ min: 0, max: 5 })), { nil: undefined }).map((pair) =>
    pair ? { [low]: pair[0], [high]: pair[0] + pair[1] } : {},
  )

const leaf: Arbitrary<object> = tuple(
  constantFrom('string', 'number', 'integer', 'boolean', 'null', 'enum', 'const', 'nullable'),
  bounds('minLength', 'maxLength', 0, 30),
  bounds('minimum', 'maximum', -20, 20),
  integer({ min: 1, max: 3 }),
).map(([type, length, range, multiple]) => {
  switch (type) {
    case 'string':
      return { type, ...length }
    case 'number':
      return { type, ...range }
    case 'integer':
      return Object.keys(range).length > 0 ? { type, ...range } : { type, multipleOf: multiple }
    case 'enum':
      return { enum: ['red', 2, null, multiple] }
    case 'const':
      return { const: { fixed: multiple } }
    case 'nullable':
      return { type: ['null', 'string'], ...length }
    default:
      return { type }
  }
})

const names = constantFrom('a', 'b', 'c', 'constructor', 'd e')

const anySchema: Arbitrary<object> = letrec<{ any: object }>((tie) => ({
  any: oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    tuple(dictionary(names, tie('any'), { maxKeys: 3 }), integer({ min: 0, max: 7 }), boolean()).map(
      ([properties, mask, named]) => ({
        ...(named && { type: 'object' }),
        properties,
        required: Object.keys(properties).filter((_, place) => mask & (1 << place)),
        additionalProperties: false,
      }),
    ),
    tuple(tie('any'), bounds('minItems', 'maxItems', 0, 3)).map(([items, length]) => ({ type: 'array', items, ...length })),
    tuple(constantFrom('anyOf', 'oneOf'), array(tie('any'), { minLength: 1, maxLength: 3 })).map(([keyword, list]) =>
      keyword === 'anyOf' ? { anyOf: list } : { oneOf: list.slice(0, 1) },
    ),
    tuple(dictionary(names, tie('any'), { maxKeys: 2 }), dictionary(constantFrom('x', 'y'), tie('any'), { maxKeys: 2 })).map(
      (halves) => ({
        allOf: halves.map((properties) => ({ type: 'object', properties, required: Object.keys(properties) })),
      }),
    ),
    tie('any').map((definition) => ({
      $defs: { it: definition },
      type: 'object',
      properties: { here: definition },
      required: ['here'],
    })),
  ),
})).any

const ajv = new Ajv2020({ strict: false, validateFormats: false, ownProperties: true })
const fits = (schema: object, value: unknown): boolean => ajv.validate(schema, value)

describe('a filled schema', () => {
  test('is fitted by its value, whatever it asks', () => {
    assert(
      property(anySchema, (schema) => {
        const value = fillSchema({ ...schema })
        expect(fits(schema, value), JSON.stringify({ schema, value })).toBe(true)
        expect(fillSchema({ ...schema })).toEqual(value)
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    ['a number between fractions', { type: 'number', exclusiveMinimum: 0.1, maximum: 0.2 }],
    ['a number above another', { type: 'number', exclusiveMinimum: 5 }],
    ['a negative integer', { type: 'integer', exclusiveMaximum: -3 }],
    ['a multiple within bounds', { type: 'integer', minimum: 10, maximum: 20, multipleOf: 7 }],
    ['a fraction of a multiple', { type: 'number', minimum: 0.3, multipleOf: 0.25 }],
    ['numbers that differ', { type: 'array', items: { type: 'integer' }, minItems: 3, uniqueItems: true }],
    ['strings that differ', { type: 'array', items: { type: 'string', maxLength: 3 }, minItems: 5, uniqueItems: true }],
    ['values of an enum that differ', { type: 'array', items: { enum: ['a', 'b', 'c'] }, minItems: 3, uniqueItems: true }],
    [
      'objects that differ',
      {
        type: 'array',
        items: { type: 'object', properties: { id: { const: 1 }, name: { type: 'string' } }, required: ['id', 'name'] },
        minItems: 3,
        uniqueItems: true,
      },
    ],
    ['the places of a tuple', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'null' }], items: false, minItems: 2 }],
    ['more properties than are named', { type: 'object', properties: { a: {} }, minProperties: 3 }],
    [
      'what is required of two halves',
      {
        allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }],
        $defs: {
          a: { type: 'object', properties: { a: { type: 'integer', minimum: 4 } }, required: ['a'] },
          b: { properties: { a: { maximum: 6 }, b: { type: 'boolean' } }, required: ['b'] },
        },
      },
    ],
    ['a pointer with signs of its own', { $ref: '#/$defs/a~1b%20c', $defs: { 'a/b c': { const: 'found' } } }],
    [
      'a branch beside properties',
      {
        type: 'object',
        properties: { a: { type: 'string' } },
        required: ['a'],
        anyOf: [{ required: ['b'], properties: { b: { type: 'null' } } }],
      },
    ],
  ])('gives %s', (_, schema) => {
    const value = fillSchema(schema)
    expect(fits(schema, value), JSON.stringify(value)).toBe(true)
  })

  test('ends a recursion by the branch that ends', () => {
    const schema = {
      $defs: {
        node: {
          type: 'object',
          properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
          required: ['next'],
        },
      },
      $ref: '#/$defs/node',
    }
    expect(fillSchema(schema)).toEqual({ next: null })
    expect(fillSchema({ type: 'object', properties: { me: { $ref: '#' } }, required: ['me'] })).toBeUndefined()
  })

  test.each(['date', 'date-time', 'time', 'email', 'uri', 'uuid', 'ipv4'])('writes a %s as one', (format) => {
    expect(fillSchema({ type: 'string', format })).toMatch(shapes[format] ?? /^$/)
  })

  test('gives up on what would grow without bound', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => [
        `d${level}`,
        { type: 'array', items: { $ref: `#/$defs/d${level + 1}` }, minItems: 2 },
      ]),
    )
    expect(fillSchema({ $ref: '#/$defs/d0', $defs: { ...$defs, d40: { type: 'string' } } })).toBeUndefined()
    expect(fillSchema({ type: 'array', items: {}, minItems: 1e9 })).toBeUndefined()
    expect(fillSchema({ type: 'string', minLength: 1e9 })).toBeUndefined()
    let nested: Record<string, unknown> = { type: 'string' }
    for (let depth = 0; depth < 5000; depth++) nested = { type: 'array', items: nested, minItems: 1 }
    expect(fillSchema(nested)).toBeUndefined()
  })

  test.each(Object.entries(growing))('gives up soon on %s, which are small to send', (_, schema) => {
    const begun = performance.now()
    expect(fillSchema(schema)).toBeUndefined()
    expect(performance.now() - begun).toBeLessThan(5_000)
  })

  test('fills many names that are plain', () => {
    const names = Array.from({ length: 2_000 }, (_, place) => `name${place}`)
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'boolean' }]))
    const filled = fillSchema({ type: 'object', properties, required: names })
    expect(Object.keys(filled as object)).toHaveLength(2_000)
  })
})

/** Each of them would take minutes, or more memory than there is. */
const growing: Readonly<Record<string, JsonSchema>> = {
  'allOf that double at each reference': {
    $ref: '#/$defs/d0',
    $defs: Object.fromEntries(
      Array.from({ length: 41 }, (_, level) => [
        `d${level}`,
        level === 40 ? { type: 'object' } : { allOf: [{ $ref: `#/$defs/d${level + 1}` }, { $ref: `#/$defs/d${level + 1}` }] },
      ]),
    ),
  },
  'many branches over many names': {
    $defs: {
      wide: { properties: Object.fromEntries(Array.from({ length: 20_000 }, (_, place) => [`name${place}`, {}])) },
    },
    allOf: Array.from({ length: 20_000 }, () => ({ $ref: '#/$defs/wide' })),
  },
  'choices of choices': {
    allOf: [{ anyOf: Array.from({ length: 20_000 }, () => false) }, { anyOf: Array.from({ length: 20_000 }, () => false) }],
  },
  'long lists that have nothing in common': {
    allOf: [
      { enum: Array.from({ length: 60_000 }, (_, place) => place) },
      { enum: Array.from({ length: 60_000 }, (_, place) => `${place}`) },
    ],
  },
  'many long texts': { type: 'array', minItems: 1_000, items: { type: 'string', minLength: 100_000 } },
}

const shapes: Record<string, RegExp> = {
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  time: /^\d\d:\d\d:\d\dZ$/,
  email: /^\w+@example\.com$/,
  uri: /^https:\/\/example\.com\/$/,
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
  ipv4: /^192\.0\.2\.\d+$/,
}
