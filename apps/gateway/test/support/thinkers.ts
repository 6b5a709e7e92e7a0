// Models that think before they call a tool, one of each provider that wants its thoughts back, and the turn as it has to stand, to the
// letter, in the request that goes on from there.
import { actors } from './dialects/actors/actors.js'
import { wire, wires, without, type Answer, type Said, type SpokenName, type Wire } from './dialects/plain.js'
import { all } from './dialects/stage.js'
import { json, type Script, type Seen } from './upstream.js'

export interface Thinker {
  readonly provider: string
  readonly model: string
  /** Its reasoning, with the tokens of this provider. */
  readonly thoughts: readonly Extract<Said, { type: 'reasoning' }>[]
  /** The turn that called within a request. */
  readonly turn: (body: Wire) => unknown
  readonly given: unknown
  /** The same turn as it stands where its reasoning never came back. */
  readonly bare: unknown
}

export type ThinkerName = Exclude<SpokenName, 'chat-completions'>

const text = 'Two cities to look at.\n\nBoth at once.'
const cities = [{ city: 'Ulm' }, { city: 'Bern' }]
const tokens = {
  openai: 'gAAAAABo.openai+/==',
  anthropic: 'ErUBCkYIBxgCIkDanthropic+/==',
  redacted: 'EmwKAhgBEgyredacted+/==',
  google: 'CiQBgoogle+/signature==',
  amazon: 'EqoBbedrock+/==',
}
const shown = (token: string) => ({ type: 'reasoning', text, token }) as const
const hidden = (token: string) => ({ type: 'reasoning', text: '', token, redacted: true }) as const

const functionCalls = cities.map((city, place) => ({
  type: 'function_call',
  call_id: `call_up_${place}`,
  name: 'look',
  arguments: JSON.stringify(city),
}))
const toolUses = cities.map((input, place) => ({ type: 'tool_use', id: `call_up_${place}`, name: 'look', input }))
const bedrockUses = cities.map((input, place) => ({ toolUse: { toolUseId: `call_up_${place}`, name: 'look', input } }))

const assistantContent = (body: Wire): unknown => wires(body['messages']).find(({ role }) => role === 'assistant')?.['content']

/** Thoughts are for a reader: what Google's model wants back stands on its call. */
const modelParts = (body: Wire): unknown =>
  wires(wires(body['contents']).find(({ role }) => role === 'model')?.['parts']).filter(({ thought }) => thought !== true)

/** The items of the model, without the ids of its calls, which are nobody's affair. */
const madeItems = (body: Wire): unknown =>
  wires(body['input'])
    .filter(({ type }) => type === 'reasoning' || type === 'function_call')
    .map((item) => without(item, 'status'))

export const thinkers: Readonly<Record<ThinkerName, Thinker>> = {
  responses: {
    provider: 'openai',
    model: 'gpt-5',
    thoughts: [shown(tokens.openai)],
    turn: madeItems,
    given: [
      { id: 'rs_0', type: 'reasoning', summary: [{ type: 'summary_text', text }], encrypted_content: tokens.openai },
      ...functionCalls,
    ],
    bare: functionCalls,
  },
  messages: {
    provider: 'anthropic',
    model: 'claude-opus-4-8',
    thoughts: [shown(tokens.anthropic), hidden(tokens.redacted)],
    turn: assistantContent,
    given: [
      { type: 'thinking', thinking: text, signature: tokens.anthropic },
      { type: 'redacted_thinking', data: tokens.redacted },
      ...toolUses,
    ],
    bare: toolUses,
  },
  'generate-content': {
    provider: 'google-gemini',
    model: 'gemini-3-pro',
    thoughts: [shown(tokens.google)],
    turn: modelParts,
    given: googleCalls(tokens.google),
    bare: googleCalls('skip_thought_signature_validator'),
  },
  converse: {
    provider: 'aws-bedrock',
    model: 'anthropic.claude-opus-4-8',
    thoughts: [shown(tokens.amazon), hidden(tokens.redacted)],
    turn: assistantContent,
    given: [
      { reasoningContent: { reasoningText: { text, signature: tokens.amazon } } },
      { reasoningContent: { redactedContent: tokens.redacted } },
      ...bedrockUses,
    ],
    bare: bedrockUses,
  },
}

/** Of parallel calls the first alone is signed. */
function googleCalls(thoughtSignature: string): object[] {
  return cities.map((args, place) => ({ functionCall: { name: 'look', args }, ...(place === 0 && { thoughtSignature }) }))
}

// The keys of a record are of the type of its keys.
export const thinkerNames = Object.keys(thinkers) as ThinkerName[]

export const tokensOf = ({ thoughts }: Thinker): string[] => thoughts.flatMap(({ token }) => token ?? [])

const spent = { input: 90, cached: 0, output: 40, reasoning: 30 }
const calls = cities.map((city, place): Said => {
  return { type: 'call', id: `call_up_${place}`, name: 'look', arguments: JSON.stringify(city) }
})

/** What such a model says once it has looked. */
export const looked = 'Grey, both of them.'

/** An upstream of every dialect at once: it thinks and calls where the user alone has spoken, and speaks where it was given results. */
export const thinks: Script = (request, response) => {
  const spoken = spokenAt(request)
  const isAnswered = /function_call_output|tool_result|functionResponse|toolResult/.test(request.text)
  const answer: Answer = isAnswered
    ? { said: [{ type: 'text', text: looked }], stop: 'end', spent }
    : { said: [...thinkers[spoken].thoughts, ...calls], stop: 'calls', spent }
  const actor = actors[spoken]
  if (!actor.asked(request).stream) return json(response, actor.whole(answer))
  response.writeHead(200, { 'content-type': actor.streamType })
  for (const bytes of all(actor.streams(answer))) response.write(bytes)
  response.end()
}

export function spokenAt({ path, body }: Seen): ThinkerName {
  if (path.endsWith('/responses')) return 'responses'
  if (path.endsWith('/messages')) return 'messages'
  return 'contents' in wire(body) ? 'generate-content' : 'converse'
}
