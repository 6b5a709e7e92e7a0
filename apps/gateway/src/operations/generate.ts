import { chatIngress, chatUpstream } from './dialects/chat-completions.js'
import { completionsIngress } from './dialects/completions.js'
import { converseUpstream } from './dialects/converse.js'
import { generateContentIngress, generateContentUpstream } from './dialects/generate-content.js'
import { messagesIngress, messagesUpstream } from './dialects/messages.js'
import { responsesIngress, responsesUpstream } from './dialects/responses.js'
import type { TurnOperation } from './operation.js'

/** One turn of a model: text, tools, reasoning. */
export const generate: TurnOperation = {
  name: 'generate',
  turns: true,
  ability: 'generate',
  ingress: {
    responses: responsesIngress,
    'chat-completions': chatIngress,
    completions: completionsIngress,
    messages: messagesIngress,
    'generate-content': generateContentIngress,
  },
  upstream: {
    responses: responsesUpstream,
    'chat-completions': chatUpstream,
    messages: messagesUpstream,
    'generate-content': generateContentUpstream,
    converse: converseUpstream,
  },
}
