// Models that think before they call a tool, one of each provider that wants its thoughts back: the bytes of their first answer, and
// the turn as it has to stand in the request that goes on from there.
import { messageItem, responseOf } from './scripted.js'
import { streamed } from './thinker-streams.js'
import { json, stream, type Script, type Seen } from './upstream.js'

type Wire = Readonly<Record<string, unknown>>

export interface Thinker {
  readonly provider: string
  readonly model: string
  /** The answer that calls: reasoning with its tokens, and two calls of `look` at once. */
  readonly calls: object
  readonly says: (text: string) => object
  /** The turn of that answer within a request. */
  readonly turn: (body: Wire) => unknown
  readonly given: unknown
  /** The same turn as it stands where its reasoning never came back. */
  readonly bare: unknown
  /** All that is opaque in it. */
  readonly tokens: readonly string[]
}

const text = 'Two cities to look at.\n\nBoth at once.'
const first = { city: 'Ulm' }
const second = { city: 'Bern' }

const openaiReasoning = {
  id: 'rs_0a.1',
  type: 'reasoning',
  summary: [{ type: 'summary_text', text }],
  encrypted_content: 'gAAAAABo.openai+/==',
}
const openaiCalls = [first, second].map((city, place) => ({
  type: 'function_call',
  call_id: `call_up_${place}`,
  name: 'look',
  arguments: JSON.stringify(city),
}))

const thinking = { type: 'thinking', thinking: text, signature: 'ErUBCkYIBxgCIkDanthropic+/==' }
const redacted = { type: 'redacted_thinking', data: 'EmwKAhgBEgyredacted+/==' }
const toolUses = [first, second].map((input, place) => ({ type: 'tool_use', id: `toolu_up_${place}`, name: 'look', input }))

const geminiCalls = [
  { functionCall: { name: 'look', args: first }, thoughtSignature: 'CiQBgoogle+/signature==' },
  { functionCall: { name: 'look', args: second } },
]

const reasoningContent = { reasoningContent: { reasoningText: { text, signature: 'EqoBbedrock+/==' } } }
const redactedContent = { reasoningContent: { redactedContent: 'cmVkYWN0ZWQ+/w==' } }
const bedrockCalls = [first, second].map((input, place) => ({
  toolUse: { toolUseId: `tooluse_up_${place}`, name: 'look', input },
}))

const messagesAnswer = (content: readonly object[], stop_reason: string): object => ({
  id: 'msg_up',
  type: 'message',
  role: 'assistant',
  model: 'upstream-model',
  content,
  stop_reason,
  stop_sequence: null,
  usage: { input_tokens: 5, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 9 },
})

const geminiAnswer = (parts: readonly object[]): object => ({
  candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 9, totalTokenCount: 14 },
  modelVersion: 'gemini-3-pro',
  responseId: 'aXy9_up',
})

const bedrockAnswer = (content: readonly object[], stopReason: string): object => ({
  metrics: { latencyMs: 12 },
  output: { message: { role: 'assistant', content } },
  stopReason,
  usage: { inputTokens: 5, outputTokens: 9, totalTokens: 14 },
})

const list = (body: Wire, field: string): readonly Wire[] => body[field] as readonly Wire[]

export const thinkers = {
  responses: {
    provider: 'openai',
    model: 'gpt-5',
    calls: responseOf([
      openaiReasoning,
      ...openaiCalls.map((call, place) => ({ id: `fc_up_${place}`, status: 'completed', ...call })),
    ]),
    says: (said) => responseOf([messageItem(said)]),
    turn: (body) =>
      list(body, 'input').filter(({ type }) => type === 'reasoning' || type === 'function_call').map(withoutStatus),
    given: [openaiReasoning, ...openaiCalls],
    bare: openaiCalls,
    tokens: [openaiReasoning.encrypted_content],
  },
  messages: {
    provider: 'anthropic',
    model: 'claude-opus-4-8',
    calls: messagesAnswer([thinking, redacted, ...toolUses], 'tool_use'),
    says: (said) => messagesAnswer([{ type: 'text', text: said }], 'end_turn'),
    turn: (body) => list(body, 'messages').find(({ role }) => role === 'assistant')?.['content'],
    given: [thinking, redacted, ...toolUses],
    bare: toolUses,
    tokens: [thinking.signature, redacted.data],
  },
  'generate-content': {
    provider: 'google-gemini',
    model: 'gemini-3-pro',
    calls: geminiAnswer([{ text, thought: true }, ...geminiCalls]),
    says: (said) => geminiAnswer([{ text: said }]),
    turn: (body) =>
      // Thoughts are for a reader: what the model wants back stands on its call.
      (list(body, 'contents').find(({ role }) => role === 'model')?.['parts'] as Wire[]).filter(({ thought }) => thought !== true),
    given: geminiCalls,
    bare: geminiCalls.map(({ functionCall }, place) => ({
      functionCall,
      ...(place === 0 && { thoughtSignature: 'skip_thought_signature_validator' }),
    })),
    tokens: ['CiQBgoogle+/signature=='],
  },
  converse: {
    provider: 'aws-bedrock',
    model: 'anthropic.claude-opus-4-8',
    calls: bedrockAnswer([reasoningContent, redactedContent, ...bedrockCalls], 'tool_use'),
    says: (said) => bedrockAnswer([{ text: said }], 'end_turn'),
    turn: (body) => list(body, 'messages').find(({ role }) => role === 'assistant')?.['content'],
    given: [reasoningContent, redactedContent, ...bedrockCalls],
    bare: bedrockCalls,
    tokens: ['EqoBbedrock+/==', 'cmVkYWN0ZWQ+/w=='],
  },
} as const satisfies Readonly<Record<string, Thinker>>

export type ThinkerName = keyof typeof thinkers

// The keys of a record are of the type of its keys.
export const thinkerNames = Object.keys(thinkers) as ThinkerName[]

function withoutStatus({ status: _, ...item }: Wire): Wire {
  return item
}

/**
 * An upstream of every dialect at once: it calls where the user alone has spoken, and speaks where it was given results. It streams
 * where it is asked to, but in Bedrock's language.
 */
export const thinks: Script = (request, response) => {
  const spoken = spokenAt(request)
  const thinker: Thinker = thinkers[spoken]
  const isAnswered = /function_call_output|tool_result|functionResponse|toolResult/.test(request.text)
  const answer = isAnswered ? thinker.says('Grey, both of them.') : thinker.calls
  if (request.body['stream'] !== true && !request.path.includes(':streamGenerateContent')) return json(response, answer)
  stream(response)
  response.end(streamed(answer))
}

export function spokenAt({ path }: Seen): ThinkerName {
  if (path.endsWith('/responses')) return 'responses'
  if (path.endsWith('/messages')) return 'messages'
  return /:(g|streamG)enerateContent/.test(path) ? 'generate-content' : 'converse'
}
