// What several dialects have each a word for crosses between them, though the words differ.
import { expect, it } from 'vitest'
import type { Generation } from './canonical/request.js'
import { chatCompletions } from './chat-completions/chat-completions.js'
import { converse } from './converse/converse.js'
import { generateContent } from './generate-content/generate-content.js'
import { messages } from './messages/messages.js'
import { responses } from './responses/responses.js'

const target = { model: 'm' }
const lossesAt = ({ losses }: { losses: readonly { disposition: string; path: string }[] }, path: string): string[] =>
  losses.filter((loss) => loss.path.includes(path)).map(({ disposition }) => disposition)

const failing: Generation = messages.request.decode({
  model: 'm',
  max_tokens: 9,
  messages: [
    { role: 'user', content: 'Look.' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'look', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', is_error: true, content: 'No light.' }] },
  ],
  tools: [{ name: 'look', input_schema: { type: 'object' } }],
})

it('that a tool failed is said wherever there is a word for it, and a loss elsewhere', () => {
  expect(failing.items[2]).toMatchObject({ type: 'tool-result', failed: true })
  const toConverse = converse.request.encode(failing, target)
  expect(toConverse.body.messages?.[2]?.content[0]?.toolResult).toMatchObject({
    status: 'error',
    content: [{ text: 'No light.' }],
  })
  expect(converse.request.decode(toConverse.body).items[2]).toMatchObject({ failed: true })
  const toGoogle = generateContent.request.encode(failing, target)
  expect(JSON.stringify(toGoogle.body)).toContain('"response":{"error":"No light."}')
  expect([toConverse, toGoogle].map((encoded) => lossesAt(encoded, 'failed'))).toEqual([[], ['approximated']])
  for (const { request } of [chatCompletions, responses])
    expect(lossesAt(request.encode(failing, target), 'items[2].failed')).toEqual(['dropped'])
})

it('that a tool succeeded is lost nowhere', () => {
  const items = failing.items.map((item) => (item.type === 'tool-result' ? { ...item, failed: false } : item))
  for (const { request } of [chatCompletions, responses, messages, generateContent, converse])
    expect(lossesAt(request.encode({ ...failing, items }, target), 'failed')).toEqual([])
  expect(converse.request.encode({ ...failing, items }, target).body.messages?.[2]?.content[0]?.toolResult?.status).toBe(
    'success',
  )
})

it('the number of tokens to draw from goes between Anthropic and Google', () => {
  const asked = generateContent.request.decode({ model: 'm', stream: false, contents: [], generationConfig: { topK: 7 } })
  expect(asked.sampling).toEqual({ topK: 7 })
  expect(messages.request.encode(asked, target).body.top_k).toBe(7)
  const thinking = messages.request.encode({ ...asked, reasoning: { effort: 'high' } }, target)
  expect(thinking.body).not.toHaveProperty('top_k')
  expect(lossesAt(thinking, 'sampling.topK')).toEqual(['dropped'])
  expect(generateContent.request.encode({ ...asked, sampling: { topK: 3 } }, target).body.generationConfig).toEqual({ topK: 3 })
  for (const { request } of [chatCompletions, responses, converse])
    expect(lossesAt(request.encode(asked, target), 'sampling.topK')).toEqual(['dropped'])
})

it('a video goes between Google and Bedrock as its bytes', () => {
  const inlineData = { mimeType: 'video/quicktime', data: 'AAAA' }
  const asked = generateContent.request.decode({
    model: 'm',
    stream: false,
    contents: [{ role: 'user', parts: [{ inlineData }] }],
  })
  const { body, losses } = converse.request.encode(asked, target)
  expect(body.messages?.[0]?.content).toEqual([{ video: { format: 'mov', source: { bytes: 'AAAA' } } }])
  expect(losses).toEqual([])
  const again = generateContent.request.encode(converse.request.decode(body), target)
  expect(again.body.contents).toEqual([{ role: 'user', parts: [{ inlineData }] }])
  const onS3 = { video: { format: 'mov', source: { s3Location: { uri: 's3://bucket/a.mov' } } } }
  const abroad = converse.request.decode({ ...body, messages: [{ role: 'user', content: [onS3] }] })
  expect(converse.request.encode(abroad, target).body.messages?.[0]?.content).toEqual([onS3])
})

it('a result that is JSON on the wire is its text elsewhere, and JSON again at home', () => {
  const toolResult = { toolUseId: 'tooluse_1', content: [{ json: { celsius: 7 } }] }
  const toolUse = { toolUseId: 'tooluse_1', name: 'look', input: {} }
  const asked = converse.request.decode({
    model: 'm',
    stream: false,
    messages: [
      { role: 'user', content: [{ text: 'Look.' }] },
      { role: 'assistant', content: [{ toolUse }] },
      { role: 'user', content: [{ toolResult }] },
    ],
  })
  const chat = chatCompletions.request.encode(asked, target)
  expect(chat.body.messages.at(-1)).toMatchObject({ role: 'tool', content: '{"celsius":7}' })
  expect(lossesAt(chat, 'output')).toEqual([])
  expect(JSON.stringify(generateContent.request.encode(asked, target).body)).toContain('"response":{"celsius":7}')
  expect(converse.request.encode(asked, target).body.messages?.[2]?.content).toEqual([{ toolResult }])
})
