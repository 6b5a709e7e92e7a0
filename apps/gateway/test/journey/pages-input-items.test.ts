import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { read } from '../support/json.js'

const model = 'simulator/talker'

interface List {
  readonly object: string
  readonly data: readonly { readonly id: string; readonly content: readonly { readonly text: string }[] }[]
  readonly first_id: string | null
  readonly last_id: string | null
  readonly has_more: boolean
}

interface Page {
  readonly texts: readonly string[]
  readonly first: string | null
  readonly last: string | null
  readonly more: boolean
}

async function stored(gateway: TestGateway, body: object): Promise<string> {
  return (await read(await gateway.call('/v1/responses', { body: { model, ...body } }))).id
}

test('the newest item comes first, and pages follow one another by the last id seen', async () => {
  await using gateway = await startGateway()
  const texts = ['one', 'two', 'three', 'four', 'five']
  const id = await stored(gateway, { input: texts.map((content) => ({ role: 'user', content })) })
  const page = async (query: string): Promise<Page> => {
    const answer = await gateway.call(`/v1/responses/${id}/input_items${query}`)
    const list = await read<List>(answer)
    expect(list.object).toBe('list')
    expect(list.first_id).toBe(list.data[0]?.id ?? null)
    expect(list.last_id).toBe(list.data.at(-1)?.id ?? null)
    const said = list.data.map(({ content }) => content[0]?.text ?? '')
    return { texts: said, first: list.first_id, last: list.last_id, more: list.has_more }
  }
  expect(await page('')).toMatchObject({ texts: texts.toReversed(), more: false })
  expect(await page('?order=asc')).toMatchObject({ texts, more: false })
  const first = await page('?limit=2')
  expect(first).toMatchObject({ texts: ['five', 'four'], more: true })
  const second = await page(`?limit=2&after=${first.last}`)
  expect(second).toMatchObject({ texts: ['three', 'two'], more: true })
  const third = await page(`?limit=2&after=${second.last}`)
  expect(third).toMatchObject({ texts: ['one'], more: false })
  expect(await page(`?after=${third.last}`)).toEqual({ texts: [], first: null, last: null, more: false })
  expect(await page(`?order=asc&limit=3&after=${second.last}`)).toMatchObject({ texts: ['three', 'four', 'five'], more: false })
})

test('items are given back as they came, each with an id: its own where it had one', async () => {
  await using gateway = await startGateway()
  const input = [
    { type: 'message', id: 'msg_mine', role: 'user', content: [{ type: 'input_text', text: 'Weather?' }] },
    { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city": "Ulm"}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'sun' },
    { role: 'assistant', content: 'It is sunny.' },
  ]
  const id = await stored(gateway, { input })
  const { data } = await read<List>(await gateway.call(`/v1/responses/${id}/input_items?order=asc`))
  expect(data).toEqual([
    input[0],
    { ...input[1], id: expect.stringMatching(/^fc_/) },
    { ...input[2], id: expect.stringMatching(/^fco_/) },
    {
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'It is sunny.', annotations: [] }],
    },
  ])
})

test('they are those of one turn, not of the turns before it', async () => {
  await using gateway = await startGateway()
  const first = await stored(gateway, { input: 'one' })
  const second = await stored(gateway, { input: 'two', previous_response_id: first })
  const list = await gateway.call(`/v1/responses/${second}/input_items`)
  expect(await list.json()).toMatchObject({ data: [{ content: [{ text: 'two' }] }] })
})

for (const [query, param] of [
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['order=sideways', 'order'],
  ['after=msg_unknown', 'after'],
] as const)
  test(`?${query} is a 400 that names ${param}`, async () => {
    await using gateway = await startGateway()
    const id = await stored(gateway, { input: 'one' })
    const answer = await gateway.call(`/v1/responses/${id}/input_items?${query}`)
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toMatchObject({ code: 'invalid_value', param })
  })

test('an item whose type is the name of something every object has gets an id like any other', async () => {
  await using gateway = await startGateway()
  const id = await stored(gateway, { input: [{ type: 'constructor' }, { role: 'user', content: 'Hi' }] })
  const list = await read<List>(await gateway.call(`/v1/responses/${id}/input_items?order=asc`))
  expect(list.data[0]?.id).toMatch(/^item_/)
})

test('items that came with one id, or an empty one, are told apart, so that paging ends', async () => {
  await using gateway = await startGateway()
  const ids = ['a', 'b', 'a', '']
  const id = await stored(gateway, { input: ids.map((own, place) => ({ id: own, role: 'user', content: String(place) })) })
  const list = await read<List>(await gateway.call(`/v1/responses/${id}/input_items?order=asc`))
  const [first, second, ...minted] = list.data.map((item) => item.id)
  expect([first, second]).toEqual(['a', 'b'])
  expect(new Set(minted).size).toBe(2)
  for (const own of minted) expect(own).toMatch(/^msg_/)
})
