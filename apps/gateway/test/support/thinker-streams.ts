// Whole answers in the pieces in which providers stream them.
import { data } from './upstream.js'

type Wire = Readonly<Record<string, unknown>>

/** The events that bring this answer, in the language in which it is. */
export function streamed(answer: object): string {
  const wire = answer as Wire
  if ('output' in wire) return responsesStream(wire)
  return 'content' in wire ? messagesStream(wire) : geminiStream(wire)
}

const halves = (text: string): string[] => {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)]
}

function responsesStream(response: Wire): string {
  let number = 0
  const event = (type: string, fields: object): string =>
    `event: ${type}\n${data({ type, sequence_number: number++, ...fields })}`
  const begun = { ...response, status: 'in_progress', output: [], usage: null }
  const items = (response['output'] as Wire[]).flatMap((item, output_index) => {
    const at = { item_id: item['id'], output_index }
    const added = (fields: object): string => event('response.output_item.added', { output_index, item: { ...item, ...fields } })
    const between = ((): string[] => {
      switch (item['type']) {
        case 'reasoning': {
          const [part] = item['summary'] as { text: string }[]
          const inside = { ...at, summary_index: 0 }
          return [
            added({ summary: [], encrypted_content: '' }),
            event('response.reasoning_summary_part.added', { ...inside, part: { type: 'summary_text', text: '' } }),
            ...halves(part?.text ?? '').map((delta) => event('response.reasoning_summary_text.delta', { ...inside, delta })),
            event('response.reasoning_summary_text.done', { ...inside, text: part?.text }),
            event('response.reasoning_summary_part.done', { ...inside, part }),
          ]
        }
        case 'function_call':
          return [
            added({ status: 'in_progress', arguments: '' }),
            ...halves(String(item['arguments'])).map((delta) =>
              event('response.function_call_arguments.delta', { ...at, delta }),
            ),
            event('response.function_call_arguments.done', { ...at, arguments: item['arguments'] }),
          ]
        default: {
          const [part] = item['content'] as { text: string }[]
          const inside = { ...at, content_index: 0 }
          return [
            added({ status: 'in_progress', content: [] }),
            event('response.content_part.added', { ...inside, part: { ...part, text: '' } }),
            ...halves(part?.text ?? '').map((delta) => event('response.output_text.delta', { ...inside, delta, logprobs: [] })),
            event('response.output_text.done', { ...inside, text: part?.text, logprobs: [] }),
            event('response.content_part.done', { ...inside, part }),
          ]
        }
      }
    })()
    return [...between, event('response.output_item.done', { output_index, item })]
  })
  const opening = [event('response.created', { response: begun }), event('response.in_progress', { response: begun })]
  return [...opening, ...items, event('response.completed', { response })].join('')
}

function messagesStream(message: Wire): string {
  const event = (type: string, fields: object = {}): string => `event: ${type}\n${data({ type, ...fields })}`
  const blocks = (message['content'] as Wire[]).flatMap((block, index) => {
    const { text, thinking, signature, input } = block
    const delta = (fields: object): string => event('content_block_delta', { index, delta: fields })
    const start = (fields: object): string => event('content_block_start', { index, content_block: { ...block, ...fields } })
    const stop = event('content_block_stop', { index })
    if (typeof thinking === 'string')
      return [
        start({ thinking: '', signature: '' }),
        ...halves(thinking).map((piece) => delta({ type: 'thinking_delta', thinking: piece })),
        delta({ type: 'signature_delta', signature }),
        stop,
      ]
    if (typeof text === 'string')
      return [start({ text: '' }), ...halves(text).map((piece) => delta({ type: 'text_delta', text: piece })), stop]
    if (input === undefined) return [start({}), stop]
    const pieces = ['', ...halves(JSON.stringify(input))].map((partial_json) => delta({ type: 'input_json_delta', partial_json }))
    return [start({ input: {} }), ...pieces, stop]
  })
  const { stop_reason, usage } = message
  const begun = { ...message, content: [], stop_reason: null, usage: { ...(usage as Wire), output_tokens: 1 } }
  return [
    event('message_start', { message: begun }),
    event('ping'),
    ...blocks,
    event('message_delta', { delta: { stop_reason, stop_sequence: null }, usage }),
    event('message_stop'),
  ].join('')
}

/** A chunk for each part, and each half of a text; the last one has an end to tell, and nothing to say. */
function geminiStream(answer: Wire): string {
  const [{ content, ...ending } = {}] = answer['candidates'] as Wire[]
  const chunk = (part: Wire, fields: Wire = {}): string => {
    const candidates = [{ content: { parts: [part], role: 'model' }, ...fields, index: 0 }]
    return `data: ${JSON.stringify({ ...answer, candidates })}\r\n\r\n`
  }
  const parts = ((content as Wire)['parts'] as Wire[]).flatMap((part) =>
    typeof part['text'] === 'string' ? halves(part['text']).map((text) => ({ ...part, text })) : [part],
  )
  return [...parts.map((part) => chunk(part)), chunk({ text: '' }, ending)].join('')
}
