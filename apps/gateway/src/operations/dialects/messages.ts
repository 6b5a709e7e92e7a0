import { messagesRequestFields, messagesRequestSchema, type messages as wire } from '@weir/contracts'
import { messages, readCallId } from '@weir/dialects'
import { inMessages } from '../../attachments/speech/messages.js'
import { messagesWire } from '../../respond/native/messages.js'
import { messagesBody } from '../../translate/native/messages.js'
import { messagesEnding } from '../../upstream/endings.js'
import type { IngressDialect, UpstreamDialect } from '../operation.js'
import { pick } from './pick.js'
import { stateless } from './stateless.js'

export const messagesIngress: IngressDialect = {
  codec: messages,
  schema: messagesRequestSchema,
  fields: messagesRequestFields,
  read(checked) {
    // The schema has checked it.
    const body = checked as wire.MessagesRequest
    return { body, ask: { ...stateless, model: body.model, stream: body.stream === true, store: body.store === true } }
  },
  stateful: false,
  // Its clients bring signatures back as they came.
  showsTokens: () => true,
  showsOneChoice: true,
  tellsFailure: false,
  holdsCalls: false,
  namesModelAsAsked: true,
  answerId: ({ id }) => `msg_${id.slice('req_'.length)}`,
  idHeader: 'request-id',
  nativeWire: messagesWire,
  callIds: (body) =>
    blocksOf(body as wire.MessagesRequest).flatMap((block) =>
      block.type === 'tool_use' && 'id' in block && typeof block.id === 'string' ? [readCallId(block.id)] : [],
    ),
  attachments: { list: 'messages', fields: ['content'], speech: inMessages },
}

/** What the endpoint that counts takes. */
const countedFields = ['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config', 'mcp_servers']

const blocksOf = ({ messages: list }: wire.MessagesRequest): readonly wire.Block[] =>
  list.flatMap(({ content }) => (Array.isArray(content) ? content : []))

export const messagesUpstream: UpstreamDialect = {
  codec: messages,
  address: (body) => ({ path: '/messages', body }),
  streamType: 'text/event-stream',
  storesByDefault: false,
  asksForTokens: false,
  fetches: { images: true, files: true },
  inlinesText: false,
  isAnswer: (answer) => 'content' in answer && Array.isArray(answer.content),
  count: {
    address: (body) => ({ path: '/messages/count_tokens', body: pick(body, countedFields) }),
    read: (reply) => 'input_tokens' in reply && reply.input_tokens,
  },
  native: { body: messagesBody, ending: messagesEnding },
}
