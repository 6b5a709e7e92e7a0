import { chatCompletionsRequestFields, chatCompletionsRequestSchema, type chat } from '@weir/contracts'
import { chatCompletions } from '@weir/dialects'
import { inChat } from '../../attachments/speech/chat-completions.js'
import { chatWire } from '../../respond/native/chat-completions.js'
import { chatBody } from '../../translate/native/chat-completions.js'
import { chatEnding } from '../../upstream/endings.js'
import type { IngressDialect, UpstreamDialect } from '../operation.js'
import { stateless } from './stateless.js'

export const chatIngress: IngressDialect = {
  codec: chatCompletions,
  schema: chatCompletionsRequestSchema,
  fields: chatCompletionsRequestFields,
  read(checked) {
    // The schema has checked it.
    const body = checked as chat.ChatCompletionsRequest
    return { body, ask: { ...stateless, model: body.model, stream: body.stream === true, store: body.store ?? false } }
  },
  stateful: false,
  showsTokens: () => false,
  showsOneChoice: false,
  tellsFailure: false,
  holdsCalls: false,
  answerId: ({ id }) => `chatcmpl-${id.slice('req_'.length)}`,
  marker: { data: '[DONE]' },
  nativeWire: chatWire,
  // Of a message or a call that is newer than the schema nothing is checked.
  callIds: (body) =>
    (body as chat.ChatCompletionsRequest).messages.flatMap((message) =>
      'tool_calls' in message && Array.isArray(message.tool_calls)
        ? message.tool_calls.flatMap((call) => (typeof call?.id === 'string' ? [call.id] : []))
        : [],
    ),
  attachments: { list: 'messages', fields: ['content'], speech: inChat },
}

export const chatUpstream: UpstreamDialect = {
  codec: chatCompletions,
  address: (body) => ({ path: '/chat/completions', body }),
  streamType: 'text/event-stream',
  storesByDefault: false,
  asksForTokens: false,
  // There is no word for the URL of a file.
  fetches: { images: true, files: false },
  inlinesText: true,
  isAnswer: (wire) => 'choices' in wire && Array.isArray(wire.choices) && wire.choices.length > 0,
  native: { body: chatBody, ending: chatEnding },
}
