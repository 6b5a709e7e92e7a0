import { expect, test } from 'vitest'
import { framesOf } from '../support/frames.js'
import { folder, startMeasured, type MeasuredGateway } from '../support/process.js'
import { data, startUpstream, stream, type Script } from '../support/upstream.js'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const streams = 1_000
const words = 20
/** Milliseconds between two words of a stream. */
const pace = 200

for (const dialect of ['responses', 'chat-completions'] as const)
  test(`a thousand streams at once, twice, lose no event and leave no memory behind: ${dialect} upstream`, async () => {
    await using place = await folder()
    await using upstream = await startUpstream(dialect === 'responses' ? talksInResponses : talksInChat)
    const config = join(place.path, 'weir.yaml')
    await writeFile(
      config,
      `type: provider-account/openai-compatible\nname: up\nbase_url: ${upstream.url}\ndialect: ${dialect}\n`,
    )
    await using gateway = await startMeasured({ WEIR_DATA_DIR: place.path, WEIR_CONFIG: config })
    await round(gateway, 100)
    await round(gateway, streams)
    const first = await gateway.holds()
    await round(gateway, streams)
    const second = await gateway.holds()
    expect(second / first).toBeLessThanOrEqual(1.1)
    expect(first / second).toBeLessThanOrEqual(1.1)
  })

/** Every stream is read to its end, and holds every word that its own upstream said, numbered without a gap. */
async function round(gateway: MeasuredGateway, count: number): Promise<void> {
  awaited = count
  const answers = Array.from({ length: count }, async (_, number) => {
    const answer = await gateway.call('/v1/responses', { model: 'up/m', input: `stream ${number}`, stream: true })
    const text = await answer.text()
    const frames = framesOf(text)
    expect(frames.map((frame) => frame['sequence_number'])).toEqual(frames.map((_frame, place) => place))
    const said = frames.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta)
    expect(said).toEqual(wordsOf(`stream ${number}`))
    expect(frames.at(-1)).toMatchObject({ type: 'response.completed', response: { status: 'completed' } })
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  })
  await Promise.all(answers)
}

/** Streams that have begun and wait for the others: none speaks before all of a round are there. */
let waiting: (() => void)[] = []
let awaited = 0

const wordsOf = (input: string): string[] => Array.from({ length: words }, (_, number) => `${input} word ${number}. `)

/** Calls `say` with each word at its time, then `end`. */
function paced(input: string, say: (word: string) => void, end: () => void): void {
  const left = wordsOf(input)
  waiting.push(() => {
    const timer = setInterval(() => {
      const word = left.shift()
      if (word !== undefined) return say(word)
      clearInterval(timer)
      end()
    }, pace)
  })
  if (waiting.length < awaited) return
  for (const begin of waiting) begin()
  waiting = []
}

/** Both say what they took: what nobody counted is counted behind the answers, and held until then. */
const counts = { total_tokens: 120 }
const usage = { input_tokens: 20, output_tokens: 100, ...counts }

const talksInChat: Script = ({ body }, response) => {
  const [message] = body['messages'] as { content: string }[]
  const chunk = (delta: object, finish: string | null = null): string =>
    data({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })
  const taken = {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    choices: [],
    usage: { prompt_tokens: 20, completion_tokens: 100, ...counts },
  }
  stream(response)
  response.write(chunk({ role: 'assistant', content: '' }))
  paced(
    message?.content ?? '',
    (word) => void response.write(chunk({ content: word })),
    () => void response.end(chunk({}, 'stop') + data(taken) + data('[DONE]')),
  )
}

const talksInResponses: Script = ({ body }, response) => {
  const input = body['input'] as string
  let number = 0
  const event = (type: string, fields: object): string =>
    `event: ${type}\n${data({ type, sequence_number: number++, ...fields })}`
  const message = { id: 'msg_1', type: 'message', role: 'assistant' }
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const part = (text: string): object => ({ type: 'output_text', text, annotations: [], logprobs: [] })
  const whole = { id: 'resp_1', object: 'response', created_at: 1_700_000_000, model: 'm', status: 'in_progress', output: [] }
  stream(response)
  response.write(
    event('response.created', { response: whole }) +
      event('response.in_progress', { response: whole }) +
      event('response.output_item.added', { output_index: 0, item: { ...message, status: 'in_progress', content: [] } }) +
      event('response.content_part.added', { ...place, part: part('') }),
  )
  paced(
    input,
    (word) => void response.write(event('response.output_text.delta', { ...place, delta: word, logprobs: [] })),
    () => {
      const text = wordsOf(input).join('')
      const item = { ...message, status: 'completed', content: [part(text)] }
      response.end(
        event('response.output_text.done', { ...place, text, logprobs: [] }) +
          event('response.content_part.done', { ...place, part: part(text) }) +
          event('response.output_item.done', { output_index: 0, item }) +
          event('response.completed', { response: { ...whole, status: 'completed', output: [item], usage } }),
      )
    },
  )
}
