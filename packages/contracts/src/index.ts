export * from './api.js'
export * from './endpoint.js'
export * from './errors.js'
export * from './ids.js'
export * from './issue.js'
export {
  deletedResponseSchema,
  inputItemListSchema,
  responseObjectSchema,
  responsesEventSchema,
  responsesRequestSchema,
} from './inference/responses/schema.js'
export { responsesRequestFields } from './inference/responses/request.js'
export { inputTokensRequestSchema } from './inference/responses/context-schema.js'
export {
  chatCompletionChunkSchema,
  chatCompletionSchema,
  chatCompletionsRequestFields,
  chatCompletionsRequestSchema,
} from './inference/chat-completions/schema.js'
export { speechRequestFields, speechRequestSchema } from './inference/speech/schema.js'
export { rerankRequestFields, rerankRequestSchema, rerankResponseSchema } from './inference/rerank/schema.js'
export { moderationsRequestFields, moderationsRequestSchema, moderationsResponseSchema } from './inference/moderations/schema.js'
export { embeddingsRequestFields, embeddingsRequestSchema, embeddingsResponseSchema } from './inference/embeddings/schema.js'
export { completionSchema, completionsRequestFields, completionsRequestSchema } from './inference/completions/schema.js'
export {
  messagesCountSchema,
  messagesEventSchema,
  messagesRequestFields,
  messagesRequestSchema,
  messagesResponseSchema,
} from './inference/messages/schema.js'
export {
  countTokensRequestSchema,
  generateContentRequestFields,
  generateContentRequestSchema,
  generateContentResponseSchema,
} from './inference/generate-content/schema.js'
export * from './resources/error-body.js'
export * from './resources/file.js'
export * from './resources/health.js'
export type { Includable } from './resources/include.js'
export * from './resources/model.js'
export * from './resources/request-record.js'
export * from './resources/webhook-delivery.js'
export type * as responses from './inference/responses/wire.js'
export type * as conversations from './inference/responses/conversation-wire.js'
export type * as context from './inference/responses/context-wire.js'
export type * as chat from './inference/chat-completions/wire.js'
export type * as speech from './inference/speech/wire.js'
export type * as rerank from './inference/rerank/wire.js'
export type * as moderations from './inference/moderations/wire.js'
export type * as embeddings from './inference/embeddings/wire.js'
export type * as completions from './inference/completions/wire.js'
export type * as messages from './inference/messages/wire.js'
export type * as generateContent from './inference/generate-content/wire.js'
export type { Annotation, JsonSchema, LogProb } from './inference/responses/wire.js'
export * from './manifests/manifest.js'
export * from './manifests/provider-account.js'
export * from './manifests/virtual-account.js'
export * from './openapi.js'
