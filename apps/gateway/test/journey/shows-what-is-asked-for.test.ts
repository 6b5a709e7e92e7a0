import type { responses } from '@weir/contracts'
import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { framesOf } from '../support/frames.js'
import { startGateway, type TestGatewayOptions } from '../support/gateway.js'
import { read } from '../support/json.js'
import { responseOf } from '../support/scripted.js'
import { json, startUpstream } from '../support/upstream.js'

const accounts = (baseURL: string): TestGatewayOptions => ({ accounts: { openai: { provider: 'openai', baseURL } } })

const logprob = { token: 'Done', logprob: -0.5, bytes: [68], top_logprobs: [] }
const made = [
  { id: 'rs_up', type: 'reasoning', summary: [], encrypted_content: 'gAAA-secret' },
  { id: 'fs_up', type: 'file_search_call', status: 'completed', queries: ['q'], results: [{ text: 'result' }] },
  {
    id: 'ws_up',
    type: 'web_search_call',
    status: 'completed',
    action: { type: 'search', query: 'q', sources: [{ url: 'u' }] },
    results: [1],
  },
  {
    id: 'ci_up',
    type: 'code_interpreter_call',
    status: 'completed',
    code: 'x',
    container_id: 'c',
    outputs: [{ type: 'logs', logs: 'l' }],
  },
  {
    id: 'msg_up',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'Done', annotations: [], logprobs: [logprob] }],
  },
]
const given = [
  {
    id: 'msg_in',
    type: 'message',
    role: 'user',
    content: [
      { type: 'input_text', text: 'Look.' },
      { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AAAA' },
    ],
  },
  {
    id: 'cc_in',
    type: 'computer_call',
    call_id: 'call_1',
    action: { type: 'screenshot' },
    pending_safety_checks: [],
    status: 'completed',
  },
  {
    id: 'cco_in',
    type: 'computer_call_output',
    call_id: 'call_1',
    output: { type: 'computer_screenshot', image_url: 'data:image/png;base64,BBBB' },
  },
]

/** What asks for a part, the part within the item, and what stands there without it. */
const parts: readonly (readonly [string, string, (item: never) => unknown, unknown])[] = [
  ['reasoning.encrypted_content', 'rs_up', (item: responses.ReasoningItem) => item.encrypted_content, undefined],
  ['file_search_call.results', 'fs_up', (item: { results?: unknown }) => item.results, undefined],
  ['web_search_call.results', 'ws_up', (item: { results?: unknown }) => item.results, undefined],
  ['web_search_call.action.sources', 'ws_up', (item: { action: { sources?: unknown } }) => item.action.sources, undefined],
  ['code_interpreter_call.outputs', 'ci_up', (item: { outputs: unknown }) => item.outputs, null],
  ['message.output_text.logprobs', 'msg_up', (item: { content: { logprobs: unknown }[] }) => item.content[0]?.logprobs, []],
  [
    'message.input_image.image_url',
    'msg_in',
    (item: { content: { image_url?: unknown }[] }) => item.content[1]?.image_url,
    undefined,
  ],
  [
    'computer_call_output.output.image_url',
    'cco_in',
    (item: { output: { image_url?: unknown } }) => item.output.image_url,
    undefined,
  ],
]

interface Kept extends AsyncDisposable {
  /** Below the response. */
  readonly get: (path: string) => Promise<Response>
  /** The input items of the response, and the items of its conversation, by id. */
  readonly itemsOf: (query: string) => Promise<Map<string, never>>
  readonly created: responses.ResponseObject
}

async function kept(include: readonly string[] = []): Promise<Kept> {
  const upstream = await startUpstream((_, response) => json(response, responseOf(made)))
  const gateway = await startGateway(accounts(upstream.url))
  const { id: conversation } = await read(await gateway.call('/v1/conversations', { body: {} }))
  const body = { model: 'openai/gpt-5', input: given, conversation, include }
  const created = await read(await gateway.call('/v1/responses', { body }))
  return {
    created,
    get: (path) => gateway.call(`/v1/responses/${created.id}${path}`),
    async itemsOf(query) {
      const lists = [`/v1/responses/${created.id}/input_items${query}`, `/v1/conversations/${conversation}/items${query}`]
      const pages = await Promise.all(lists.map(async (path) => read<responses.InputItemList>(await gateway.call(path))))
      return new Map(pages.flatMap(({ data }) => data).map((item) => [String(item.id), item as never]))
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

test('each part is shown to whoever asks for it, in either spelling of a list, and hidden from others', async () => {
  await using response = await kept()
  const plain = await response.itemsOf('')
  expect(JSON.stringify([...plain.values()])).not.toMatch(/gAAA|AAAA|BBBB/)
  for (const [name, id, part, without] of parts) {
    expect([name, part(plain.get(id) as never)]).toEqual([name, without])
    for (const query of [`?include[]=${name}`, `?include=${name}`, `?include[0]=${name}`]) {
      const items = await response.itemsOf(query)
      expect(part(items.get(id) as never)).toBeTruthy()
      expect(part(items.get(id) as never)).not.toEqual(without)
      // And nothing else of what was not asked for.
      for (const [other, itemId, its, absent] of parts)
        if (other !== name) expect([other, its(items.get(itemId) as never)]).toEqual([other, absent])
    }
  }
})

test('several are asked for at once, and with all of them the response is as it was made', async () => {
  await using response = await kept()
  for (const key of ['include[]', 'include']) {
    const items = await response.itemsOf(`?${parts.map(([name]) => `${key}=${name}`).join('&')}`)
    expect(items.get('rs_up')).toEqual({ ...made[0], encrypted_content: 'weir1.openai.gpt-5.rs_up.gAAA-secret' })
    for (const item of [...made.slice(1), ...given]) expect(items.get(item.id)).toMatchObject(item)
  }
})

test('a stored response is as its caller got it, and shows the tokens that were held back to whoever asks now', async () => {
  for (const include of [[], ['reasoning.encrypted_content']]) {
    await using response = await kept(include)
    expect(JSON.stringify(response.created).includes('gAAA')).toBe(include.length > 0)
    expect(await (await response.get('')).json()).toEqual(response.created)
    for (const query of ['?include[]=reasoning.encrypted_content', '?stream=true&include=reasoning.encrypted_content'])
      expect(await (await response.get(query)).text()).toContain('weir1.openai.gpt-5.rs_up.gAAA-secret')
    const frames = framesOf(await (await response.get('?stream=true')).text())
    expect(frames.at(-1)?.['response']).toEqual(response.created)
  }
})

for (const [query, param] of [
  ['?include[]=everything', 'include[0]'],
  ['?include=reasoning.encrypted_content&include=', 'include[1]'],
  ['/input_items?limit=1&limit=2', 'limit'],
  ['/input_items?order=asc&order=desc', 'order'],
] as const)
  test(`${query} is a 400 that names ${param}`, async () => {
    await using response = await kept()
    const answer = await response.get(query)
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toMatchObject({ code: 'invalid_value', param })
  })
