// The whole public surface in one value: every face of the gateway, and the client, walk it.
import type { RouterOf } from './endpoint.js'
import { chatCompletions } from './endpoints/chat-completions.js'
import { completions } from './endpoints/completions.js'
import { conversations } from './endpoints/conversations.js'
import { moderations } from './endpoints/moderations.js'
import { rerank } from './endpoints/rerank.js'
import { embeddings } from './endpoints/embeddings.js'
import { files } from './endpoints/files.js'
import { generateContent } from './endpoints/generate-content.js'
import { health } from './endpoints/health.js'
import { messages } from './endpoints/messages.js'
import { models } from './endpoints/models.js'
import { requests } from './endpoints/requests.js'
import { responses } from './endpoints/responses.js'
import { speech } from './endpoints/speech.js'
import { webhookDeliveries } from './endpoints/webhook-deliveries.js'

// An interface of named groups, so that each declaration file names a group instead of spelling it out.
export interface Contract {
  readonly responses: typeof responses
  readonly conversations: typeof conversations
  readonly chatCompletions: typeof chatCompletions
  readonly messages: typeof messages
  readonly generateContent: typeof generateContent
  readonly completions: typeof completions
  readonly embeddings: typeof embeddings
  readonly rerank: typeof rerank
  readonly moderations: typeof moderations
  readonly speech: typeof speech
  readonly files: typeof files
  readonly models: typeof models
  readonly requests: typeof requests
  readonly webhookDeliveries: typeof webhookDeliveries
  readonly health: typeof health
}

export const api: Contract = {
  responses,
  conversations,
  chatCompletions,
  messages,
  generateContent,
  completions,
  embeddings,
  rerank,
  moderations,
  speech,
  files,
  models,
  requests,
  webhookDeliveries,
  health,
}

/** What a tRPC client of the gateway is typed by. */
export type AppRouter = RouterOf<Contract>
