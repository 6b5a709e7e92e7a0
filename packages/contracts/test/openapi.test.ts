import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { openApiDocument } from '../src/index.js'

const document = openApiDocument({ version: '1.2.3', origin: 'https://weir.example' })

test('is a valid OpenAPI 3.1 document', async () => {
  const result = await new Validator().validate(structuredClone({ ...document }))
  expect(result.errors ?? []).toEqual([])
  expect(result.valid).toBe(true)
})

test('every reference leads somewhere', () => {
  const schemas = Object.keys(document.components?.schemas ?? {})
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1])
  expect(references.length).toBeGreaterThan(20)
  expect(references.filter((reference) => reference === undefined || !schemas.includes(reference))).toEqual([])
})

test('a new field in an answer breaks no generated client', () => {
  expect(JSON.stringify(document)).not.toContain('"additionalProperties":false')
})

test('what may stream is described as a stream too', () => {
  const answer = document.paths?.['/responses']?.post?.responses?.['200']
  expect(Object.keys(answer.content)).toEqual(['application/json', 'text/event-stream'])
})

test('public endpoints ask for no key, all others do', () => {
  expect(document.paths?.['/health']?.get?.security).toEqual([])
  expect(document.paths?.['/models/{id}']?.get?.security).toEqual([{ bearer: [] }])
})

test('an inference path names every prefix it answers under, and another names none', () => {
  const servers = document.paths?.['/responses']?.servers?.map((server) => server.url)
  expect(servers).toEqual([
    'https://weir.example/v1',
    'https://weir.example/api/llm/api/inference/openai',
    'https://weir.example/api/llm/v1',
    'https://weir.example/api/llm',
    'https://weir.example',
  ])
  expect(document.paths?.['/api/v1/requests']?.servers).toBeUndefined()
})

test('changes only on purpose', () => {
  expect(JSON.stringify(document, null, 2)).toMatchSnapshot()
})
