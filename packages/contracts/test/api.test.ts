import { expect, test } from 'vitest'
import * as z from 'zod'
import { api, type Endpoint } from '../src/index.js'

const endpoints = Object.entries({ ...api }).flatMap(([group, entries]) =>
  Object.entries<Endpoint>(entries).map(([name, endpoint]) => [`${group}.${name}`, endpoint] as const),
)

const bodyNames = (body: z.ZodType | undefined): string[] => {
  if (body === undefined) return []
  const schema = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' })
  return Object.keys(schema.properties ?? {})
}

test.each(endpoints)('%s: path, query and body share no name, since callers pass them as one', (_, endpoint) => {
  const names = [
    ...Object.keys(endpoint.params?.shape ?? {}),
    ...Object.keys(endpoint.query?.shape ?? {}),
    ...bodyNames(endpoint.body),
  ]
  expect(new Set(names).size).toBe(names.length)
})

test.each(endpoints)('%s: the path and its parameters name each other', (_, endpoint) => {
  for (const { path } of [endpoint, ...(endpoint.aliases ?? [])]) {
    const inPath = [...path.matchAll(/\{(\w+)\+?\}/g)].map((match) => match[1])
    expect(Object.keys(endpoint.params?.shape ?? {})).toEqual(inPath)
  }
})

test('no two endpoints answer to one method and path', () => {
  const places = endpoints.flatMap(([, { method, mount, path, aliases = [] }]) =>
    [{ path }, ...aliases].map((one) => `${method} ${mount} ${one.path.replaceAll(/\{.*?\}/g, '{}')}`),
  )
  expect(new Set(places).size).toBe(places.length)
})

test('a body never stands beside path or query where it is a wire, whose names are not known, but of a language that has it so', () => {
  for (const [id, endpoint] of endpoints) {
    if (id.startsWith('generateContent.')) continue
    if (endpoint.body !== undefined && !(endpoint.body instanceof z.ZodObject)) {
      expect(endpoint.params ?? endpoint.query).toBeUndefined()
    }
  }
})

test('whatever asks for a caller can say that there is none', () => {
  for (const [, endpoint] of endpoints) {
    expect(endpoint.errors.includes('invalid_api_key')).toBe(endpoint.access !== 'public')
  }
})

test('whatever may stream says how its stream ends', () => {
  for (const [, endpoint] of endpoints) expect(endpoint.terminal !== undefined).toBe(endpoint.event !== undefined)
})
