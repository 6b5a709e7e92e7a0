// What the Codex CLI really sent, and what it was given, when it ran its tools with a chat model behind Weir: its requests are sent
// again, and must be answered as they were. Texts and names of its own were replaced by placeholders when it was recorded.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { framesOf } from '../support/frames.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { openSocket } from '../support/socket.js'
import { data, startUpstream, stream, type Script, type Seen, type Upstream } from '../support/upstream.js'

type Wire = Readonly<Record<string, unknown>>

interface Transcript {
  readonly client: string
  readonly transport: 'http' | 'websocket'
  readonly exchanges: readonly { readonly request: Wire; readonly events: readonly Wire[] }[]
}

function transcriptOf(name: string): Transcript {
  const file = new URL(`fixtures/${name}.json`, import.meta.url)
  const transcript = JSON.parse(readFileSync(file, 'utf8')) as Transcript
  const tools = transcript.exchanges[0]?.request['tools']
  return { ...transcript, exchanges: transcript.exchanges.map((each) => ({ ...each, request: { ...each.request, tools } })) }
}

/** A chat model that makes these calls, one for each answer, as long as it has seen fewer results; then it says something. */
const steps =
  (...calls: readonly (readonly [callId: string, name: string, text: string])[]): Script =>
  ({ body }, response, number) => {
    const chunk = (fields: object): string =>
      data({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], ...fields })
    const choice = (delta: object, finish: string | null = null): string =>
      chunk({ choices: [{ index: 0, delta, finish_reason: finish }] })
    const results = (body['messages'] as { role: string }[]).filter(({ role }) => role === 'tool')
    const call = calls[results.length]
    stream(response)
    response.write(choice({ role: 'assistant', content: null }))
    if (call) {
      const [id, name, text] = call
      response.write(choice({ tool_calls: [{ index: 0, id, type: 'function', function: { name, arguments: '' } }] }))
      for (const piece of text.match(/.{1,5}/gs) ?? [])
        response.write(choice({ tool_calls: [{ index: 0, function: { arguments: piece } }] }))
    } else for (const text of ['It ', 'said ', 'hello.']) response.write(choice({ content: text }))
    response.write(choice({}, call ? 'tool_calls' : 'stop'))
    const prompt = 100 * (number + 1)
    response.write(chunk({ usage: { prompt_tokens: prompt, completion_tokens: 7, total_tokens: prompt + 7 } }))
    response.end(data('[DONE]'))
  }

const wrapped = (input: string): string => JSON.stringify({ input })
const script = 'const r = await tools.exec_command({ cmd: "echo \\"hello ü\\"" });\ntext(r);'
const shorter = 'const r = await tools.exec_command({ cmd: "echo hello" });\ntext(r);'
const patch = '*** Begin Patch\n*** Add File: made.txt\n+hello\n*** End Patch\n'

const plain = steps(
  ['call_1', 'exec_command', '{"cmd":"echo hello"}'],
  ['call_2', 'multi_agent_v1__close_agent', '{"target":"nobody"}'],
)
const code = steps(['call_1', 'exec', wrapped(script)])
const added = steps(['call_1', 'functions__exec', wrapped(shorter)], ['call_2', 'collaboration__list_agents', '{}'])
const search = steps(['call_1', 'tool_search', '{"query":"spawn an agent","limit":3}'], ['call_2', 'apply_patch', wrapped(patch)])

/** What was recorded, and the model that Codex talked to. */
const recorded = [
  ['codex-over-http', plain],
  ['codex-over-websocket', plain],
  ['codex-in-code-mode', code],
  ['codex-with-additional-tools', added],
  ['codex-with-additional-tools-over-websocket', added],
  ['codex-with-tool-search', search],
] as const

/** Events as they compare: ids by the order in which they come, and of a response only what a client goes by. */
function comparable(events: readonly Wire[]): unknown {
  const ids = new Map<string, string>()
  const text = JSON.stringify(
    events.map((event) => {
      const { id, object, status, error, output, usage } = (event['response'] ?? {}) as Wire
      return event['response'] ? { ...event, response: { id, object, status, error, output, usage } } : event
    }),
  )
  return JSON.parse(
    text.replace(/\b(resp|msg|fc|ctc|tsc)_[0-9a-f]+\b/g, (id, kind: string) => {
      if (!ids.has(id)) ids.set(id, `${kind}:${ids.size}`)
      return ids.get(id) ?? id
    }),
  )
}

/** Sends the requests of a transcript one after the other, as the client did, and gives what came back for each. */
async function replay(gateway: TestGateway, { transport, exchanges }: Transcript): Promise<readonly (readonly Wire[])[]> {
  const answers: (readonly Wire[])[] = []
  if (transport === 'http') {
    for (const { request } of exchanges) {
      const answer = await gateway.call('/v1/responses', { body: request, headers: { accept: 'text/event-stream' } })
      expect(answer.status).toBe(200)
      answers.push(framesOf(await answer.text()))
    }
    return answers
  }
  using socket = await openSocket(gateway.url, { headers: { 'openai-beta': 'responses_websockets=2026-02-06' } })
  let previous: unknown
  for (const { request } of exchanges) {
    const { type: _, ...body } = request
    const turn = await socket.create({ ...body, ...('previous_response_id' in body && { previous_response_id: previous }) })
    answers.push(turn.map((told) => ({ ...told })))
    previous = (turn.at(-1)?.['response'] as Wire | undefined)?.['id']
  }
  expect(socket.left).toEqual([])
  return answers
}

async function open(model: Script): Promise<{ gateway: TestGateway; upstream: Upstream } & AsyncDisposable> {
  const upstream = await startUpstream(model)
  const gateway = await startGateway({ accounts: { chat: { provider: 'openai-compatible', baseURL: upstream.url } } })
  return {
    gateway,
    upstream,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

const messagesOf = (seen: Seen | undefined): readonly Wire[] => seen?.body['messages'] as Wire[]

interface Declared {
  readonly function: { readonly name: string; readonly description: string; readonly parameters: object }
}
const toolsOf = (seen: Seen | undefined): readonly Declared[] => (seen ? (seen.body['tools'] as Declared[]) : [])
const namesOf = (seen: Seen | undefined): readonly string[] => toolsOf(seen).map((tool) => tool.function.name)

const functions = ['exec_command', 'write_stdin', 'request_user_input', 'view_image']
const agents = ['close_agent', 'resume_agent', 'send_input', 'spawn_agent', 'wait_agent'].map((name) => `multi_agent_v1__${name}`)
const goals = ['get_goal', 'create_goal', 'update_goal']

test.each(recorded)('%s is answered as it was when Codex completed its loop', async (name, model) => {
  const transcript = transcriptOf(name)
  await using both = await open(model)
  const answers = await replay(both.gateway, transcript)
  expect(answers.map(comparable)).toEqual(transcript.exchanges.map(({ events }) => comparable(events)))
})

test.each(recorded)('%s gets every event that it goes by', async (name, model) => {
  await using both = await open(model)
  const answers = await replay(both.gateway, transcriptOf(name))
  for (const events of answers) {
    expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, place) => place))
    expect(events[0]).toMatchObject({ type: 'response.created', response: { id: expect.stringMatching(/^resp_/) } })
    // Codex takes an answer for broken that does not end so, and reads what it cost here.
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { status: 'completed', error: null } })
    // It runs a call when its item is done, and shows a text while it is written.
    const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item)
    expect(events.at(-1)).toMatchObject({ response: { output: done } })
    const last = done.at(-1) as { id: string; type: string; status: string } | undefined
    if (!last) continue
    expect(last.status).toBe('completed')
    if (last.type === 'tool_search_call') continue
    const deltas = events.filter((event) => 'delta' in event && event['item_id'] === last.id).map(({ delta }) => delta)
    expect(deltas.length).toBeGreaterThan(0)
    const whole = { function_call: 'arguments', custom_tool_call: 'input' }[last.type]
    expect(deltas.join('')).toBe(whole === undefined ? 'It said hello.' : (last as Wire)[whole])
  }
})

test('a chat model sees the tools of Codex as functions, and each result behind its call', async () => {
  await using both = await open(plain)
  const answers = await replay(both.gateway, transcriptOf('codex-over-http'))
  const [first, second, third] = both.upstream.seen
  for (const seen of [first, second, third]) expect(namesOf(seen)).toEqual([...functions, ...agents, ...goals])
  expect(messagesOf(first).map(({ role }) => role)).toEqual(['system', 'system', 'user', 'user'])
  expect(messagesOf(third).slice(4)).toEqual([
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'exec_command', arguments: '{"cmd":"echo hello"}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'Output:\nhello\n' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_2', type: 'function', function: { name: 'multi_agent_v1__close_agent', arguments: '{"target":"nobody"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_2', content: '<notice>' },
  ])
  expect(answers[1]?.find(({ type }) => type === 'response.output_item.done')).toMatchObject({
    item: { type: 'function_call', namespace: 'multi_agent_v1', name: 'close_agent', call_id: 'call_2' },
  })
  const [row] = await both.gateway.ended(3)
  expect(row?.losses).toContainEqual({
    path: 'tools[8]',
    disposition: 'dropped',
    reason: 'Chat has no tool of the kind web_search.',
  })
})

// Over a WebSocket each turn goes on from the one before, and its tools may stand in the history alone.
test.each([
  ['codex-over-http', 'codex-over-websocket', plain],
  ['codex-with-additional-tools', 'codex-with-additional-tools-over-websocket', added],
] as const)('a chat model is sent the same by %s and %s', async (byHttp, bySocket, model) => {
  await using over = await open(model)
  await replay(over.gateway, transcriptOf(byHttp))
  await using socket = await open(model)
  await replay(socket.gateway, transcriptOf(bySocket))
  const sent = ({ upstream }: typeof over): unknown => upstream.seen.map(({ body }) => ({ ...body, prompt_cache_key: null }))
  expect(sent(socket)).toEqual(sent(over))
})

test('in code mode a chat model writes a script, which comes as free text and goes back in its wrapping', async () => {
  await using both = await open(code)
  await replay(both.gateway, transcriptOf('codex-in-code-mode'))
  const [first, second] = both.upstream.seen
  expect(namesOf(first)).toEqual(['exec', 'wait', 'request_user_input'])
  const [exec] = toolsOf(first)
  expect(exec?.function.parameters).toMatchObject({ properties: { input: { type: 'string' } }, required: ['input'] })
  expect(exec?.function.description).toContain('must match this lark grammar:\nstart: SOURCE')
  expect(messagesOf(second).slice(4)).toMatchObject([
    {
      role: 'assistant',
      tool_calls: [{ id: 'call_1', function: { name: 'exec', arguments: JSON.stringify({ input: script }) } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text' }, { type: 'text' }] },
  ])
})

test('tools that come with the conversation alone are the tools of a chat model', async () => {
  await using both = await open(added)
  const transcript = transcriptOf('codex-with-additional-tools')
  const [{ request }] = transcript.exchanges as [Transcript['exchanges'][number]]
  expect(request['tools']).toBeUndefined()
  const answers = await replay(both.gateway, transcript)
  const [first, , third] = both.upstream.seen
  expect(namesOf(first).slice(0, 5)).toEqual([
    'functions__exec',
    'functions__wait',
    'functions__request_user_input',
    'functions__request_user_input_async',
    'clock__sleep',
  ])
  expect(namesOf(third)).toEqual(namesOf(first))
  const ended = answers.map((events) => events.find(({ type }) => type === 'response.output_item.done')?.['item'])
  expect(ended).toMatchObject([
    { type: 'custom_tool_call', namespace: 'functions', name: 'exec', input: shorter },
    { type: 'function_call', namespace: 'collaboration', name: 'list_agents' },
    { type: 'message' },
  ])
})

test('tools that Codex has found for a chat model can be called from there on', async () => {
  await using both = await open(search)
  await replay(both.gateway, transcriptOf('codex-with-tool-search'))
  const [first, second, third] = both.upstream.seen
  const found = ['spawn_agent', 'close_agent', 'resume_agent'].map((name) => `multi_agent_v1__${name}`)
  expect(namesOf(second)).toEqual([...namesOf(first), ...found])
  expect(messagesOf(second).slice(4)).toEqual([
    expect.objectContaining({ role: 'assistant' }),
    { role: 'tool', tool_call_id: 'call_1', content: `These tools can be called now: ${found.join(', ')}.` },
  ])
  expect(messagesOf(third).slice(6)).toMatchObject([
    { role: 'assistant', tool_calls: [{ function: { name: 'apply_patch', arguments: wrapped(patch) } }] },
    { role: 'tool', tool_call_id: 'call_2', content: '<notice>' },
  ])
})
