import type { Contract, Handlers } from '@weir/contracts'
import type { HandlerContext } from './context.js'
import { contentTokens, messagesTokens } from './count-tokens.js'
import { conversations } from './conversations.js'
import { files } from './files.js'
import { health } from './health.js'
import { models } from './models.js'
import { requests } from './requests.js'
import { responses } from './responses.js'
import { webhookDeliveries } from './webhook-deliveries.js'

/** A function for every endpoint that does not travel the journey; a missing one does not compile. */
export const handlersFor = (version: string, unready: () => string | undefined): Handlers<Contract, HandlerContext> => ({
  responses,
  conversations,
  chatCompletions: {},
  messages: { countTokens: messagesTokens },
  generateContent: { countTokens: contentTokens },
  completions: {},
  embeddings: {},
  rerank: {},
  moderations: {},
  speech: {},
  files,
  models,
  requests,
  webhookDeliveries,
  health: health(version, unready),
})
