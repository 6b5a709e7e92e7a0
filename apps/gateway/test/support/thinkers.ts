// Models that think before they call a tool, one of each provider that wants its thoughts back: the bytes of their first answer, and
// the turn as it has to stand in the request that goes on from there. And callers of each language, which bring a turn back as their
// SDKs do.
import { json, type Script, type Seen } from './upstream.js'
import { completion, messageItem, responseOf } from './scripted.js'

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

/** An upstream of every dialect at once: it calls where the user spoke last, and speaks where it is given results. */
export const thinks: Script = (request, response) => {
  const spoken = spokenAt(request)
  const thinker: Thinker = thinkers[spoken]
  json(response, /function_call_output|tool_result|functionResponse|toolResult/.test(request.text) ? thinker.says('Grey.') : thinker.calls)
}

export function spokenAt({ path }: Seen): ThinkerName {
  if (path.endsWith('/responses')) return 'responses'
  if (path.endsWith('/messages')) return 'messages'
  return path.includes(':generateContent') ? 'generate-content' : 'converse'
}

/** Of a chat server, which has no tokens. */
export const chatSays = (said: string): object => completion({ content: said })

export interface Bringer {
  readonly path: (model: string) => string
  /** The first request. */
  readonly asks: (model: string) => Wire
  /** The next one: everything that was said, the answer as it came, and the results of its calls. */
  readonly brings: (before: Wire, answer: Wire) => Wire
  /** The answer without its reasoning and what signs it. */
  readonly drops: (answer: Wire) => Wire
}

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const look = { name: 'look', description: 'Looks.' }
const output = 'Grey.'

const candidateOf = (answer: Wire): Wire => (answer['candidates'] as Wire[])[0] ?? {}
const contentOf = (answer: Wire): Wire => candidateOf(answer)['content'] as Wire

const responsesBringer: Bringer = {
  path: () => '/v1/responses',
  asks: (model) => ({
    model,
    input: [{ role: 'user', content: 'Ulm and Bern?' }],
    tools: [{ type: 'function', ...look, parameters: schema, strict: false }],
    reasoning: { effort: 'high', summary: 'auto' },
    include: ['reasoning.encrypted_content'],
    store: false,
  }),
  brings(before, answer) {
    const items = answer['output'] as Wire[]
    const outputs = items.flatMap(({ type, call_id }) =>
      type === 'function_call' ? [{ type: 'function_call_output', call_id, output }] : [],
    )
    return { ...before, input: [...(before['input'] as Wire[]), ...items, ...outputs] }
  },
  drops: (answer) => ({
    ...answer,
    output: (answer['output'] as Wire[])
      .filter(({ type }) => type !== 'reasoning')
      .map(({ encrypted_content: _, ...item }) => item),
  }),
}

export const bringers = {
  responses: responsesBringer,
  messages: {
    path: () => '/v1/messages',
    asks: (model) => ({
      model,
      max_tokens: 4000,
      messages: [{ role: 'user', content: 'Ulm and Bern?' }],
      tools: [{ ...look, input_schema: schema }],
      thinking: { type: 'adaptive' },
    }),
    brings(before, answer) {
      const content = answer['content'] as Wire[]
      const results = content.flatMap(({ type, id }) =>
        type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: id, content: output }] : [],
      )
      const messages = [...(before['messages'] as Wire[]), { role: 'assistant', content }, { role: 'user', content: results }]
      return { ...before, messages }
    },
    drops: (answer) => ({
      ...answer,
      content: (answer['content'] as Wire[]).filter(({ type }) => !String(type).endsWith('thinking')),
    }),
  },
  'generate-content': {
    path: (model) => `/v1beta/models/${model}:generateContent`,
    asks: () => ({
      contents: [{ role: 'user', parts: [{ text: 'Ulm and Bern?' }] }],
      tools: [{ functionDeclarations: [{ ...look, parametersJsonSchema: schema }] }],
      generationConfig: { maxOutputTokens: 4000, thinkingConfig: { includeThoughts: true, thinkingLevel: 'high' } },
    }),
    brings(before, answer) {
      const content = contentOf(answer)
      const parts = (content['parts'] as Wire[]).flatMap(({ functionCall }) => {
        if (!functionCall) return []
        const { id, name } = functionCall as Wire
        return [{ functionResponse: { ...(id !== undefined && { id }), name, response: { output } } }]
      })
      return { ...before, contents: [...(before['contents'] as Wire[]), content, { role: 'user', parts }] }
    },
    drops(answer) {
      const parts = contentOf(answer)['parts'] as Wire[]
      const bare = parts.filter(({ thought }) => thought !== true).map(({ thoughtSignature: _, ...part }) => part)
      return { ...answer, candidates: [{ ...candidateOf(answer), content: { role: 'model', parts: bare } }] }
    },
  },
  'chat-completions': {
    path: () => '/v1/chat/completions',
    asks: (model) => ({
      model,
      messages: [{ role: 'user', content: 'Ulm and Bern?' }],
      tools: [{ type: 'function', function: { ...look, parameters: schema } }],
      reasoning_effort: 'high',
      max_completion_tokens: 4000,
    }),
    brings(before, answer) {
      const [{ message } = {}] = answer['choices'] as { message?: Wire }[]
      const calls = (message?.['tool_calls'] ?? []) as Wire[]
      const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: output }))
      return { ...before, messages: [...(before['messages'] as Wire[]), message, ...results] }
    },
    // There is nothing to drop: the language has no place for it.
    drops: (answer) => answer,
  },
} as const satisfies Readonly<Record<string, Bringer>>

export type BringerName = keyof typeof bringers

// The keys of a record are of the type of its keys.
export const bringerNames = Object.keys(bringers) as BringerName[]
