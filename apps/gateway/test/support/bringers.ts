// Callers of each language, which bring the answer of a model back as their SDKs do.
import { wire, wires, without, type IngressName, type Wire } from './dialects/plain.js'

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

const candidateOf = (answer: Wire): Wire => wires(answer['candidates'])[0] ?? {}
const contentOf = (answer: Wire): Wire => wire(candidateOf(answer)['content'])

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
    const items = wires(answer['output'])
    const outputs = items.flatMap(({ type, call_id }) =>
      type === 'function_call' ? [{ type: 'function_call_output', call_id, output }] : [],
    )
    return { ...before, input: [...wires(before['input']), ...items, ...outputs] }
  },
  drops: (answer) => ({
    ...answer,
    output: wires(answer['output'])
      .filter(({ type }) => type !== 'reasoning')
      .map((item) => without(item, 'encrypted_content')),
  }),
}

export const bringers: Readonly<Record<IngressName, Bringer>> = {
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
      const content = wires(answer['content'])
      const results = content.flatMap(({ type, id }) =>
        type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: id, content: output }] : [],
      )
      const messages = [...wires(before['messages']), { role: 'assistant', content }, { role: 'user', content: results }]
      return { ...before, messages }
    },
    drops: (answer) => ({
      ...answer,
      content: wires(answer['content']).filter(({ type }) => !String(type).endsWith('thinking')),
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
      const parts = wires(content['parts']).flatMap(({ functionCall }) => {
        if (!functionCall) return []
        const { id, name } = wire(functionCall)
        return [{ functionResponse: { ...(id !== undefined && { id }), name, response: { output } } }]
      })
      return { ...before, contents: [...wires(before['contents']), content, { role: 'user', parts }] }
    },
    drops(answer) {
      const parts = contentOf(answer)['parts'] as Wire[]
      const bare = parts.filter(({ thought }) => thought !== true).map((part) => without(part, 'thoughtSignature'))
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
      const message = wire(wires(answer['choices'])[0]?.['message'])
      const calls = wires(message['tool_calls'])
      const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: output }))
      return { ...before, messages: [...wires(before['messages']), message, ...results] }
    },
    // There is nothing to drop: the language has no place for it.
    drops: (answer) => answer,
  },
}

// The keys of a record are of the type of its keys.
export const bringerNames = Object.keys(bringers) as IngressName[]
