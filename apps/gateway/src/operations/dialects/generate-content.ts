import { generateContentRequestFields, generateContentRequestSchema, type generateContent as wire } from '@weir/contracts'
import { generateContent } from '@weir/dialects'
import { inGenerateContent } from '../../attachments/speech/generate-content.js'
import { generateContentWire } from '../../respond/native/generate-content.js'
import { generateContentBody } from '../../translate/native/generate-content.js'
import { generateContentEnding } from '../../upstream/endings.js'
import type { IngressDialect, UpstreamDialect } from '../operation.js'
import { pick } from './pick.js'
import { stateless } from './stateless.js'

export const generateContentIngress: IngressDialect = {
  codec: generateContent,
  schema: generateContentRequestSchema,
  fields: generateContentRequestFields,
  read(checked) {
    // The schema has checked it.
    const body = checked as wire.GenerateContentRequest
    return { body, ask: { ...stateless, model: body.model, stream: body.stream === true, store: body.store === true } }
  },
  stateful: false,
  // Its clients bring signatures back as they came.
  showsTokens: () => true,
  showsOneChoice: false,
  tellsFailure: false,
  holdsCalls: false,
  answerId: ({ id }) => id.slice('req_'.length),
  nativeWire: generateContentWire,
  callIds: (body) =>
    partsOf(body as wire.GenerateContentRequest).flatMap(({ functionCall }) =>
      typeof functionCall?.id === 'string' ? [functionCall.id] : [],
    ),
  attachments: { list: 'contents', fields: ['parts'], speech: inGenerateContent },
}

/** What is counted beside the contents. */
const countedFields = ['systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'cachedContent']

const partsOf = ({ contents }: wire.GenerateContentRequest): readonly wire.Part[] =>
  [contents].flat().flatMap(({ parts }) => [parts ?? []].flat())

export const generateContentUpstream: UpstreamDialect = {
  codec: generateContent,
  // A body has both fields as long as it is in the gateway.
  address: (body) => generateContent.address(body as wire.GenerateContentRequest),
  streamType: 'text/event-stream',
  storesByDefault: false,
  asksForTokens: false,
  fetches: { images: true, files: true },
  inlinesText: false,
  isAnswer: (answer) => 'candidates' in answer || 'promptFeedback' in answer,
  count: {
    address(body) {
      const { model, contents, ...rest } = body as wire.GenerateContentRequest
      const { path } = generateContent.address({ model, contents })
      const asked = { ...pick(rest, countedFields), model: `models/${model}`, contents }
      return { path: path.replace(/:\w+$/, ':countTokens'), body: { generateContentRequest: asked } }
    },
    read: (reply) => 'totalTokens' in reply && reply.totalTokens,
  },
  native: { body: generateContentBody, ending: generateContentEnding },
}
