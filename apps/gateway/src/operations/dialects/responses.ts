import { GatewayError, responsesRequestFields, responsesRequestSchema, type responses as wire } from '@weir/contracts'
import { normalize, responses } from '@weir/dialects'
import { inResponses } from '../../attachments/speech/responses.js'
import { compactionOf } from '../../ingress/compaction.js'
import { responsesWire } from '../../respond/native/responses.js'
import { responsesBody } from '../../translate/native/responses.js'
import { responsesEnding } from '../../upstream/endings.js'
import type { IngressDialect, Reading, UpstreamDialect } from '../operation.js'
import { pick } from './pick.js'

/** What a caller of the Responses dialect may ask of a model. */
export const responsesIngress: IngressDialect = {
  codec: responses,
  schema: responsesRequestSchema,
  fields: responsesRequestFields,
  read,
  stateful: true,
  showsTokens: ({ include }) => include.includes('reasoning.encrypted_content'),
  showsOneChoice: true,
  tellsFailure: true,
  holdsCalls: true,
  answerId: ({ id, responseId }) => responseId ?? id,
  marker: { data: '[DONE]' },
  nativeWire: responsesWire,
  callIds,
  attachments: { list: 'input', fields: ['content', 'output'], speech: inResponses },
}

export const responsesUpstream: UpstreamDialect = {
  codec: responses,
  address: (body) => ({ path: '/responses', body }),
  streamType: 'text/event-stream',
  storesByDefault: true,
  asksForTokens: true,
  fetches: { images: true, files: true },
  inlinesText: false,
  isAnswer: (answer) => 'output' in answer && Array.isArray(answer.output),
  count: {
    address: (body) => ({ path: '/responses/input_tokens', body: pick(body, countedFields) }),
    read: (reply) => 'input_tokens' in reply && reply.input_tokens,
  },
  native: { body: responsesBody, ending: responsesEnding },
}

/** What the endpoint that counts takes; it answers 400 to anything else. */
const countedFields = ['model', 'input', 'instructions', 'tools', 'tool_choice', 'text', 'reasoning', 'parallel_tool_calls']

function read(checked: object): Reading {
  // The schema has checked it.
  const body = byId(normalize(checked as Parameters<typeof normalize>[0]))
  const continues = body.previous_response_id || body.conversation
  if ((body.input === undefined || body.input === null) && !continues)
    throw new GatewayError('missing_required_parameter', { message: 'input: send a string or a list of items.', param: 'input' })
  return {
    body,
    ask: {
      model: body.model,
      stream: body.stream === true,
      store: body.store ?? true,
      background: body.background === true,
      previousResponseId: body.previous_response_id || undefined,
      conversation: typeof body.conversation === 'string' ? body.conversation || undefined : undefined,
      truncates: body.truncation === 'auto',
      compaction: compactionOf(body),
      include: body.include ?? [],
    },
  }
}

function callIds(body: object): string[] {
  const { input } = body as wire.ResponsesRequest
  const items = Array.isArray(input) ? input : []
  return items.flatMap((item) =>
    'call_id' in item && typeof item.call_id === 'string' && !item.type?.endsWith('_output') ? [item.call_id] : [],
  )
}

/** With the conversation by its id alone: a caller may send the whole object as it got it. */
function byId(body: wire.ResponsesRequest): wire.ResponsesRequest {
  const { conversation } = body
  return typeof conversation === 'object' && conversation ? { ...body, conversation: conversation.id } : body
}
