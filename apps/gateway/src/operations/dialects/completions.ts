import { completionsRequestFields, completionsRequestSchema, type completions as wire } from '@weir/contracts'
import { answerable, completions } from '@weir/dialects'
import { inChat } from '../../attachments/speech/chat-completions.js'
import type { IngressDialect } from '../operation.js'
import { stateless } from './stateless.js'

/** What a caller of the old text completions may ask of a model. No upstream is spoken to in it. */
export const completionsIngress: IngressDialect = {
  codec: completions,
  schema: completionsRequestSchema,
  fields: completionsRequestFields,
  read(checked) {
    // The schema has checked it.
    const body = answerable(checked as wire.CompletionsRequest)
    return { body, ask: { ...stateless, model: body.model, stream: body.stream === true, store: body.store ?? false } }
  },
  stateful: false,
  showsTokens: () => false,
  showsOneChoice: false,
  tellsFailure: false,
  holdsCalls: false,
  answerId: ({ id }) => `cmpl-${id.slice('req_'.length)}`,
  marker: { data: '[DONE]' },
  // Never asked: without an upstream that speaks it every answer is translated.
  nativeWire: () => ({ hidden: {}, frame: (frame) => frame, whole: (answer) => answer }),
  callIds: () => [],
  // A prompt is one text by now, and holds no parts.
  attachments: { list: 'prompt', fields: [], speech: inChat },
}
