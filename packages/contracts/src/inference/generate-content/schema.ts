// What POST /models/{model}:generateContent takes and answers, as far as it is checked: known fields, for their type and range.
// A field in snake_case passes unchecked, and is read all the same.
import {
  anything,
  flag,
  freeObject,
  integer,
  list,
  name,
  named,
  nullish,
  number,
  object,
  optional,
  repeated,
  text,
  wireSchema,
} from '../rule.js'
import type { CountTokensRequest, CountTokensResponse, GenerateContentRequest, GenerateContentResponse } from './wire.js'

const blob = object({ mimeType: nullish(text), data: nullish(text), displayName: nullish(text) })
const fileData = object({ mimeType: nullish(text), fileUri: nullish(text), displayName: nullish(text) })

/** Exported for the test against drift from the wire type. */
export const partFields = {
  text: nullish(text),
  thought: nullish(flag),
  thoughtSignature: nullish(text),
  inlineData: nullish(blob),
  fileData: nullish(fileData),
  functionCall: nullish(object({ id: nullish(text), name: nullish(text), args: nullish(freeObject) })),
  functionResponse: nullish(
    object({
      id: nullish(text),
      name: nullish(text),
      response: nullish(freeObject),
      parts: nullish(repeated(object({ inlineData: nullish(blob), fileData: nullish(fileData) }))),
    }),
  ),
  executableCode: nullish(object({ language: nullish(text), code: nullish(text), id: nullish(text) })),
  codeExecutionResult: nullish(object({ outcome: nullish(text), output: nullish(text), id: nullish(text) })),
} as const

/** Exported for the test against drift from the wire type. */
export const contentFields = { role: nullish(text), parts: nullish(repeated(object(partFields))) } as const

const content = named('GeminiContent', object(contentFields))

/** Exported for the test against drift from the wire type. */
export const generationConfigFields = {
  temperature: nullish(number({ minimum: 0, maximum: 2 })),
  topP: nullish(number({ minimum: 0, maximum: 1 })),
  topK: nullish(number({ minimum: 0 })),
  candidateCount: nullish(integer({ minimum: 1 })),
  maxOutputTokens: nullish(integer({ minimum: 1 })),
  stopSequences: nullish(list(text)),
  seed: nullish(integer()),
  presencePenalty: nullish(number({ minimum: -2, maximum: 2 })),
  frequencyPenalty: nullish(number({ minimum: -2, maximum: 2 })),
  responseLogprobs: nullish(flag),
  logprobs: nullish(integer({ minimum: 0, maximum: 20 })),
  responseMimeType: nullish(text),
  responseSchema: nullish(freeObject),
  responseJsonSchema: nullish(freeObject),
  responseModalities: nullish(list(text)),
  thinkingConfig: nullish(
    object({ thinkingLevel: nullish(text), thinkingBudget: nullish(integer({ minimum: -1 })), includeThoughts: nullish(flag) }),
  ),
} as const

const functionDeclaration = object({
  name,
  description: nullish(text),
  parameters: nullish(freeObject),
  parametersJsonSchema: nullish(freeObject),
})

/** Exported for the test against drift from the wire type. */
export const requestFields = {
  model: name,
  stream: nullish(flag),
  contents: repeated(content),
  systemInstruction: nullish(content),
  tools: nullish(repeated(object({ functionDeclarations: nullish(repeated(functionDeclaration)) }))),
  toolConfig: nullish(
    object({
      functionCallingConfig: nullish(object({ mode: nullish(text), allowedFunctionNames: nullish(list(text)) })),
    }),
  ),
  safetySettings: nullish(list(freeObject)),
  generationConfig: nullish(object(generationConfigFields)),
  cachedContent: nullish(text),
  serviceTier: nullish(text),
  store: nullish(flag),
} as const

/** The names of the fields that a request is known by. */
export const generateContentRequestFields: readonly string[] = Object.keys(requestFields)

const request = named('GenerateContentRequest', object(requestFields))

/** Exported for the test against drift from the wire type. */
export const candidateFields = {
  content: nullish(content),
  finishReason: nullish(text),
  finishMessage: nullish(text),
  index: nullish(integer()),
  logprobsResult: nullish(object({ chosenCandidates: nullish(anything), topCandidates: nullish(anything) })),
  groundingMetadata: nullish(freeObject),
  citationMetadata: nullish(freeObject),
} as const

const tokensOfModality = object({ modality: nullish(text), tokenCount: nullish(integer()) })

/** Exported for the test against drift from the wire type. */
export const usageFields = {
  promptTokenCount: nullish(integer()),
  cachedContentTokenCount: nullish(integer()),
  candidatesTokenCount: nullish(integer()),
  thoughtsTokenCount: nullish(integer()),
  toolUsePromptTokenCount: nullish(integer()),
  totalTokenCount: nullish(integer()),
  promptTokensDetails: nullish(list(tokensOfModality)),
  candidatesTokensDetails: nullish(list(tokensOfModality)),
} as const

/** Exported for the test against drift from the wire type. */
export const responseFields = {
  candidates: nullish(list(object(candidateFields))),
  promptFeedback: nullish(object({ blockReason: nullish(text) })),
  usageMetadata: nullish(object(usageFields)),
  modelVersion: nullish(text),
  responseId: nullish(text),
  error: nullish(object({ code: integer(), message: text, status: text, details: nullish(anything) })),
} as const

const response = named('GenerateContentResponse', object(responseFields))

/** The body of POST /models/{model}:generateContent, with the model and whether to stream put in from the URL. */
export const generateContentRequestSchema = wireSchema<GenerateContentRequest>(request)
const { model: _, ...askedFields } = requestFields
const countFields = {
  contents: optional(repeated(content)),
  generateContentRequest: optional(object({ ...askedFields, model: nullish(text) })),
} as const
const count = named('CountTokensRequest', object(countFields))
const counted = named('CountTokensResponse', object({ totalTokens: integer() }))

/** The body of POST /models/{model}:countTokens, and its answer. */
export const countTokensRequestSchema = wireSchema<CountTokensRequest>(count)
export const countTokensResponseSchema = wireSchema<CountTokensResponse>(counted)

/** A whole answer, and a frame of a stream. */
export const generateContentResponseSchema = wireSchema<GenerateContentResponse>(response)

/** The named schemas of this wire, for OpenAPI. */
export const generateContentComponents = {
  ...request.components,
  ...response.components,
  ...count.components,
  ...counted.components,
}
