// What Claude Code sends, in the shape in which it was seen to send it, and what it does with what it is given. The words are ours.
import { expect, test } from 'vitest'
import { framesOf } from '../support/frames.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { talkers } from '../support/talkers.js'

interface Block {
  readonly type: string
  readonly [field: string]: unknown
}

interface Message {
  readonly role: string
  readonly model?: string
  readonly content: string | readonly Block[]
}

const fleeting = { cache_control: { type: 'ephemeral' } }

const bash = {
  name: 'Bash',
  description: 'Runs a command.',
  input_schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      command: { type: 'string', description: 'What to run.' },
      timeout: { type: 'number', exclusiveMinimum: 0 },
      env: { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'string' } },
    },
    required: ['command'],
    additionalProperties: false,
  },
}

const request = (model: string, messages: readonly Message[]): object => ({
  model,
  system: [
    { type: 'text', text: 'x-billing: version=1;' },
    { type: 'text', text: 'You are an agent.', ...fleeting },
  ],
  // It takes thinking that is signed under another model's name for another model's.
  messages: messages.map(({ role, model: by, content }) => ({
    role,
    content:
      typeof content === 'string' || by === undefined || by === model ? content : content.filter((each) => !each['signature']),
  })),
  tools: [bash],
  metadata: { user_id: '{"device_id":"0a1b","session_id":"c2d3"}' },
  max_tokens: 32_000,
  thinking: { type: 'adaptive' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  output_config: { effort: 'high' },
  stream: true,
})

/** The message that its stream reader puts together. */
async function answered(gateway: TestGateway, body: object): Promise<Message & { stop_reason: unknown; losses: string | null }> {
  const headers = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'interleaved-thinking-2025-05-14,effort-2025-11-24' }
  const answer = await gateway.call('/v1/messages?beta=true', { body, headers })
  expect(answer.status).toBe(200)
  const events = framesOf(await answer.text())
  const [begin] = events
  expect(begin).toMatchObject({ type: 'message_start', message: { role: 'assistant', content: [] } })
  expect(events.at(-1)).toEqual({ type: 'message_stop' })
  const content: Record<string, unknown>[] = []
  let stop: unknown
  for (const event of events) {
    const {
      type,
      index,
      content_block: block,
      delta,
    } = event as { type: string; index: number; content_block: Block; delta: Block }
    const open = content[index]
    if (type === 'content_block_start') content[index] = { ...block, ...(block.type === 'tool_use' && { input: '' }) }
    else if (type === 'message_delta') stop = delta['stop_reason']
    else if (type === 'content_block_stop' && open?.['type'] === 'tool_use') open['input'] = JSON.parse(String(open['input']))
    else if (type === 'content_block_delta' && open)
      for (const [field, text] of Object.entries(delta))
        if (field !== 'type') {
          const into = field === 'partial_json' ? 'input' : field
          open[into] = into === 'signature' ? text : `${String(open[into])}${String(text)}`
        }
  }
  const message = begin?.['message'] as Message
  return { ...message, content: content as unknown as Block[], stop_reason: stop, losses: answer.headers.get('x-weir-losses') }
}

for (const model of talkers)
  test(`${model}: a turn of Claude Code with a tool, in which a system message stands`, async () => {
    await using gateway = await startGateway()
    const asked: Message[] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'It is Monday.' },
          { type: 'text', text: 'Run echo one.', ...fleeting },
        ],
      },
      { role: 'system', content: 'There are no other agents.' },
    ]
    const first = await answered(gateway, request(model, asked))
    expect(first).toMatchObject({ model, stop_reason: 'tool_use' })
    const call = (first.content as readonly Block[]).find(({ type }) => type === 'tool_use')
    expect(call).toMatchObject({ name: 'Bash', input: { command: expect.any(String) } })

    const result = { tool_use_id: call?.['id'], type: 'tool_result', content: 'one', is_error: false, ...fleeting }
    const second = await answered(gateway, request(model, [...asked, first, { role: 'user', content: [result] } as Message]))
    expect(second).toMatchObject({ model, stop_reason: 'end_turn' })
    const said = (second.content as readonly Block[]).find(({ type }) => type === 'text')
    expect(said?.['text']).toContain('A tool answered: one')

    // What is Anthropic's own is said to be lost, but to a server of Anthropic's dialect.
    for (const { losses } of [first, second])
      for (const loss of ['cache_control dropped', 'context_management dropped'])
        expect(losses?.includes(loss) === true).toBe(model !== 'simulator-messages/talker')
  })

test('Claude Code asks how many tokens there are, and whether anybody is there', async () => {
  await using gateway = await startGateway()
  const {
    max_tokens: _,
    stream: __,
    metadata: ___,
    ...body
  } = request('simulator/talker', [{ role: 'user', content: 'Hi' }]) as Record<string, unknown>
  const answer = await gateway.call('/v1/messages/count_tokens?beta=true', { body })
  expect(await answer.json()).toEqual({ input_tokens: expect.toSatisfy((count) => Number.isInteger(count) && count > 0) })
  expect((await gateway.call('/', { method: 'HEAD' })).status).toBeLessThan(500)
})
