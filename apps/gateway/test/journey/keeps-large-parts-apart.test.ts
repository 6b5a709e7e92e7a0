import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { says } from '../support/scripted.js'
import { startUpstream } from '../support/upstream.js'

const megabytes = 1024 * 1024
const image = (size = 5 * megabytes): string => `data:image/png;base64,${randomBytes(size).toString('base64')}`
const asked = (url: string): object => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_image', image_url: url, detail: 'auto' }],
})

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'weir-'))
  const upstream = await startUpstream(says('Seen.'))
  const gateway = await startGateway({ folder, accounts: { up: { provider: 'openai', baseURL: upstream.url } } })
  return {
    folder,
    upstream,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

const create = async (gateway: TestGateway, body: object): Promise<string> => {
  const answer = await gateway.call('/v1/responses', { body: { model: 'up/model', ...body } })
  expect(answer.status).toBe(200)
  const { id, store } = (await answer.json()) as { id: string; store: boolean }
  expect(store).toBe(true)
  return id
}

/** The contents on the disk, with their sizes; all of them as if they had been put long ago. */
async function blobsOf({ blobFolder }: TestGateway): Promise<number[]> {
  const entries = await readdir(blobFolder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  await Promise.all(paths.map((path) => utimes(path, 1, 1)))
  return Promise.all(paths.map(async (path) => (await stat(path)).size))
}

/** The largest row of a table, in characters. */
function largest(folder: string, table: string, columns: readonly string[]): number {
  const database = new Database(join(folder, 'weir.db'), { readonly: true })
  try {
    const row = database.prepare(`SELECT max(length(${columns.join(') + length(')})) AS most FROM ${table}`).get([]) as {
      most: number
    }
    return row.most
  } finally {
    database.close()
  }
}

test('an image of a request lies beside its row, comes back whole in every turn, and goes with the last row that had it', async () => {
  await using setting = await open()
  const { folder, gateway, upstream } = setting
  const url = image()
  const input = [asked(url)]
  const first = await create(gateway, { input })
  const second = await create(gateway, { input: 'And now?', previous_response_id: first })
  const third = await create(gateway, { input, previous_response_id: second })
  const sent = (upstream.seen[2]?.body['input'] ?? []) as { content: unknown }[]
  expect(sent.filter(({ content }) => JSON.stringify(content).includes(url))).toHaveLength(2)
  const items = (await (
    await gateway.call(`/v1/responses/${first}/input_items?include[]=message.input_image.image_url`)
  ).json()) as {
    data: { content: { image_url: string }[] }[]
  }
  expect(items.data[0]?.content[0]?.image_url === url).toBe(true)

  expect(largest(folder, 'responses', ['input', 'response'])).toBeLessThan(10_000)
  expect(await blobsOf(gateway)).toEqual([url.length])
  expect(await gateway.ports.blobs.sweep(0, 100)).toBe(0)
  await gateway.call(`/v1/responses/${first}`, { method: 'DELETE' })
  expect(await gateway.ports.blobs.sweep(0, 100)).toBe(0)
  await gateway.call(`/v1/responses/${third}`, { method: 'DELETE' })
  expect(await gateway.ports.blobs.sweep(0, 100)).toBe(1)
  expect(await blobsOf(gateway)).toEqual([])
})

test('so does an image that a model made', async () => {
  await using setting = await open()
  const { folder, gateway } = setting
  const result = randomBytes(megabytes).toString('base64')
  const call = { type: 'image_generation_call', id: 'ig_1', status: 'completed', result }
  const id = await create(gateway, { input: [call, { role: 'user', content: 'Larger.' }] })
  expect(largest(folder, 'responses', ['input', 'response'])).toBeLessThan(10_000)
  const items = JSON.stringify(await (await gateway.call(`/v1/responses/${id}/input_items`)).json())
  expect(items.includes(result)).toBe(true)
})

test('and an image in a conversation', async () => {
  await using setting = await open()
  const { folder, gateway, upstream } = setting
  const [one, two] = [image(megabytes), image(megabytes)]
  const made = await gateway.call('/v1/conversations', { body: { items: [asked(one)] } })
  const { id } = (await made.json()) as { id: string }
  await create(gateway, { input: [asked(two)], conversation: id })
  await create(gateway, { input: 'And now?', conversation: id })
  const sent = JSON.stringify(upstream.seen[1]?.body['input'])
  expect([sent.includes(one), sent.includes(two)]).toEqual([true, true])
  expect(largest(folder, 'conversation_items', ['item'])).toBeLessThan(10_000)
  const listed = await gateway.call(`/v1/conversations/${id}/items?include[]=message.input_image.image_url`)
  expect((await listed.text()).includes(one)).toBe(true)
  expect(await blobsOf(gateway)).toHaveLength(2)
  await gateway.call(`/v1/conversations/${id}`, { method: 'DELETE' })
  // The response still has the second.
  expect(await gateway.ports.blobs.sweep(0, 100)).toBe(1)
})

test('a text that looks like a cut one opens nothing, and belongs to its writer alone', async () => {
  await using setting = await open()
  const { gateway } = setting
  const url = image(megabytes)
  await create(gateway, { input: [asked(url)] })
  const name = (await readdir(gateway.blobFolder, { recursive: true })).find((path) => path.length > 60)
  const text = `cut:[[0,"${name?.replace('/', '')}"]]\n`
  const theirs = await gateway.call('/v1/responses', { key: keys.bob, body: { model: 'up/model', input: text } })
  const { id } = (await theirs.json()) as { id: string }
  const items = await gateway.call(`/v1/responses/${id}/input_items`, { key: keys.bob })
  expect(await items.json()).toMatchObject({ data: [{ content: [{ text }] }] })
})

test('a row whose content is lost is an error, and no half of an answer', async () => {
  await using setting = await open()
  const { gateway } = setting
  const id = await create(gateway, { input: [asked(image(megabytes))] })
  await rm(gateway.blobFolder, { recursive: true })
  const answer = await gateway.call('/v1/responses', { body: { model: 'up/model', input: 'And now?', previous_response_id: id } })
  expect(answer.status).toBe(500)
})
