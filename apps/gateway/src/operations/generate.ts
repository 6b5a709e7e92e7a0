import { chatIngress, chatUpstream } from './dialects/chat-completions.js'
import { completionsIngress } from './dialects/completions.js'
import { responsesIngress, responsesUpstream } from './dialects/responses.js'
import type { Operation } from './operation.js'

/** One turn of a model: text, tools, reasoning. */
export const generate: Operation = {
  name: 'generate',
  ingress: { responses: responsesIngress, 'chat-completions': chatIngress, completions: completionsIngress },
  upstream: { responses: responsesUpstream, 'chat-completions': chatUpstream },
}
