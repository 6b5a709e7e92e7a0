import { expect, expectTypeOf, test } from 'vitest'
import { firstIssue, generateContentRequestSchema, generateContentResponseSchema, type generateContent } from '../src/index.js'
import {
  generateContentComponents,
  requestFields,
  type candidateFields,
  type contentFields,
  type generationConfigFields,
  type partFields,
  type responseFields,
  type usageFields,
} from '../src/inference/generate-content/schema.js'
import type { Known } from '../src/inference/rule.js'

const issueOf = (body: unknown) => {
  const parsed = generateContentRequestSchema.safeParse(body)
  return parsed.success ? undefined : firstIssue(parsed.error)
}

const user = { role: 'user', parts: [{ text: 'x' }] }

const refused: [string, object, string][] = [
  ['a body without contents', { model: 'm' }, 'contents'],
  ['contents that are a string', { model: 'm', contents: 'x' }, 'contents'],
  ['a request without its model', { contents: [user] }, 'model'],
  ['a text that is a number', { model: 'm', contents: [{ parts: [{ text: 1 }] }] }, 'contents[0].parts[0].text'],
  [
    'a call whose arguments are a string',
    { model: 'm', contents: [{ role: 'model', parts: [{ functionCall: { name: 'f', args: '{}' } }] }] },
    'contents[0].parts[0].functionCall.args',
  ],
  ['a temperature of 3', { model: 'm', contents: [user], generationConfig: { temperature: 3 } }, 'generationConfig.temperature'],
  [
    'no output tokens',
    { model: 'm', contents: [user], generationConfig: { maxOutputTokens: 0 } },
    'generationConfig.maxOutputTokens',
  ],
  [
    'a function without a name',
    { model: 'm', contents: [user], tools: [{ functionDeclarations: [{ description: 'x' }] }] },
    'tools[0].functionDeclarations[0].name',
  ],
  [
    'allowed names that are one string',
    { model: 'm', contents: [user], toolConfig: { functionCallingConfig: { allowedFunctionNames: 'f' } } },
    'toolConfig.functionCallingConfig.allowedFunctionNames',
  ],
]

test.each(refused)('refuses %s, and says where', (_, body, path) => {
  expect(issueOf(body)?.path).toBe(path)
})

test('lets what it does not know live on', () => {
  const body = {
    model: 'm',
    contents: [{ ...user, mood: 'fine' }, { parts: [{ hologram: { url: 'x' } }] }],
    tools: [{ googleSearch: {} }],
    generation_config: { max_output_tokens: 4 },
    labels: { team: 'a' },
  }
  expect(generateContentRequestSchema.parse(body)).toBe(body)
})

test('takes one thing where a list of it is meant, as Google does', () => {
  const body = { model: 'm', contents: { parts: { text: 'x' } }, systemInstruction: { parts: { text: 'y' } } }
  expect(issueOf(body)).toBeUndefined()
  expect(issueOf({ ...body, contents: { parts: { text: 1 } } })?.path).toBe('contents.parts.text')
})

test('takes null wherever the API does', () => {
  const nulls = Object.fromEntries(Object.keys(requestFields).map((field) => [field, null]))
  expect(issueOf({ ...nulls, model: 'm', contents: [{ role: null, parts: [{ text: null, thought: null }] }] })).toBeUndefined()
})

test('takes an answer, a block without candidates and an error in its place', () => {
  for (const body of [
    { candidates: [{ content: { role: 'model', parts: [{ text: 'x' }] }, finishReason: 'STOP' }], modelVersion: 'm' },
    { promptFeedback: { blockReason: 'SAFETY' } },
    { error: { code: 503, message: 'x', status: 'UNAVAILABLE' } },
  ])
    expect(generateContentResponseSchema.parse(body)).toBe(body)
})

test('names its schemas for the document', () => {
  expect(Object.keys(generateContentComponents)).toEqual([
    'GeminiContent',
    'GenerateContentRequest',
    'GenerateContentResponse',
    'CountTokensRequest',
    'CountTokensResponse',
  ])
})

/** The names of a type that takes any others too. */
type Declared<T> = keyof { [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K] }

test('the rules and the wire types name the same fields', () => {
  expectTypeOf<keyof typeof requestFields>().toEqualTypeOf<keyof generateContent.GenerateContentRequest>()
  expectTypeOf<keyof typeof contentFields>().toEqualTypeOf<keyof generateContent.Content>()
  expectTypeOf<keyof typeof partFields>().toEqualTypeOf<keyof generateContent.Part>()
  expectTypeOf<keyof typeof generationConfigFields>().toEqualTypeOf<keyof generateContent.GenerationConfig>()
  expectTypeOf<keyof typeof responseFields>().toEqualTypeOf<keyof generateContent.GenerateContentResponse>()
  expectTypeOf<keyof typeof candidateFields>().toEqualTypeOf<keyof generateContent.Candidate>()
  expectTypeOf<keyof typeof usageFields>().toEqualTypeOf<keyof generateContent.UsageMetadata>()
  expectTypeOf<Declared<generateContent.GeminiTool>>().toEqualTypeOf<'functionDeclarations'>()
})

test('the rules take whatever the wire types allow', () => {
  expectTypeOf<generateContent.GenerateContentRequest>().toExtend<Known<typeof requestFields>>()
  expectTypeOf<generateContent.Part>().toExtend<Known<typeof partFields>>()
  expectTypeOf<generateContent.GenerateContentResponse>().toExtend<Known<typeof responseFields>>()
})
