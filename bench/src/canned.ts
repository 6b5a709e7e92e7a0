import {
  contentAnswer,
  contentFrames,
  converseAnswer,
  converseFrames,
  messagesAnswer,
  messagesFrames,
} from './canned-dialects.js'

/** The wires that the upstream speaks. */
export type Wire = 'responses' | 'chat-completions' | 'messages' | 'generate-content' | 'converse'

const model = 'gpt-bench'
const created = 1_790_000_000
const responseId = 'resp_0a1b2c3d4e5f60718293a4b5c6d7e8f900112233445566778899'
const itemId = 'msg_0a1b2c3d4e5f60718293a4b5c6d7e8f900112233445566778899'
const words = [
  'The',
  ' gateway',
  ' forwards',
  ' every',
  ' token',
  ' as',
  ' it',
  ' comes',
  ',',
  ' and',
  ' keeps',
  ' a',
  ' record',
  '.',
]
const plainText =
  'A gateway stands between those who ask and those who answer: it knows who may call which model, how often and at what cost, ' +
  'and it keeps a record of what was said.'
const responsesUsage = {
  input_tokens: 212,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 36,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 248,
}
const chatUsage = {
  prompt_tokens: 212,
  completion_tokens: 36,
  total_tokens: 248,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
}
const chatHead = { id: 'chatcmpl-CbLx2v7a9Qm0Zt1', created, model, service_tier: 'default' }

/** The plain answer, about 1 KB, in the shape that a server of this wire sends. */
export const plainAnswer = (wire: Wire): Buffer => Buffer.from(JSON.stringify(plainAnswers[wire]()))

const longText = `${plainText} ${plainText} ${plainText}`

const plainAnswers: Record<Wire, () => object> = {
  responses: () => response('completed', plainText),
  'chat-completions': chatCompletion,
  messages: () => messagesAnswer(longText),
  'generate-content': () => contentAnswer(longText),
  converse: () => converseAnswer(longText),
}

/** A stream's frames, each ready to be written: its opening ones and the first delta as one, then one delta each, then its end. */
export function streamFrames(wire: Wire, deltas: number): Buffer[] {
  const texts = Array.from({ length: Math.max(1, deltas) }, (_, index) => words[index % words.length] ?? '')
  return framesOf[wire](texts).map((frame) => (typeof frame === 'string' ? Buffer.from(frame) : frame))
}

const framesOf: Record<Wire, (texts: string[]) => (string | Buffer)[]> = {
  responses: responsesFrames,
  'chat-completions': chatFrames,
  messages: messagesFrames,
  'generate-content': contentFrames,
  converse: converseFrames,
}

function response(status: 'in_progress' | 'completed', text: string): object {
  const ended = status === 'completed'
  return {
    id: responseId,
    object: 'response',
    created_at: created,
    status,
    background: false,
    completed_at: ended ? created + 1 : null,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    model,
    output: ended ? [{ id: itemId, type: 'message', status, content: [outputText(text)], role: 'assistant' }] : [],
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: ended ? 'default' : 'auto',
    store: false,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    usage: ended ? responsesUsage : null,
    user: null,
    metadata: {},
  }
}

function outputText(text: string): object {
  return { type: 'output_text', annotations: [], logprobs: [], text }
}

function chatCompletion(): object {
  const message = { role: 'assistant', content: longText, refusal: null, annotations: [] }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
  return { ...chatHead, object: 'chat.completion', choices, usage: chatUsage, system_fingerprint: null }
}

function responsesFrames(texts: string[]): string[] {
  let sequence = 0
  const place = { item_id: itemId, output_index: 0, content_index: 0 }
  const frame = (type: string, fields: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`
  const open = { id: itemId, type: 'message', status: 'in_progress', content: [], role: 'assistant' }
  const opening =
    frame('response.created', { response: response('in_progress', '') }) +
    frame('response.in_progress', { response: response('in_progress', '') }) +
    frame('response.output_item.added', { output_index: 0, item: open }) +
    frame('response.content_part.added', { ...place, part: outputText('') })
  const deltas = texts.map((delta) =>
    frame('response.output_text.delta', { ...place, delta, logprobs: [], obfuscation: 'xQ7mZp2LkVb9'.slice(delta.length % 8) }),
  )
  const text = texts.join('')
  const part = outputText(text)
  const closing =
    frame('response.output_text.done', { ...place, text, logprobs: [] }) +
    frame('response.content_part.done', { ...place, part }) +
    frame('response.output_item.done', { output_index: 0, item: { ...open, status: 'completed', content: [part] } }) +
    frame('response.completed', { response: response('completed', text) })
  return [opening + (deltas[0] ?? ''), ...deltas.slice(1), closing]
}

function chatFrames(texts: string[]): string[] {
  const frame = (fields: object): string =>
    `data: ${JSON.stringify({ ...chatHead, object: 'chat.completion.chunk', system_fingerprint: null, ...fields, obfuscation: 'xQ7mZp2L' })}\n\n`
  const choice = (delta: object, finish: string | null = null): object => ({
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage: null,
  })
  const opening = frame(choice({ role: 'assistant', content: '', refusal: null }))
  const deltas = texts.map((content) => frame(choice({ content })))
  const closing = frame(choice({}, 'stop')) + frame({ choices: [], usage: chatUsage }) + 'data: [DONE]\n\n'
  return [opening + (deltas[0] ?? ''), ...deltas.slice(1), closing]
}
