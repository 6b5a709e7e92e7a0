// What a start of the real program begins by itself.
import { writeFile } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configured } from '../support/configured.js'
import { keys, startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { moment } from '../support/moment.js'
import { folder, startProcess } from '../support/process.js'
import { startUpstream } from '../support/upstream.js'

const day = 86_400_000

test('what nobody has used for WEIR_RETENTION_DAYS is gone soon after a start, and the rest is not', async () => {
  await using place = await folder()
  const made = async (ago: number): Promise<string> => {
    await using gateway = await startGateway({ folder: place.path, clock: { now: () => Date.now() - ago } })
    const body = { model: 'simulator/talker', input: 'Hello!' }
    return (await read(await gateway.call('/v1/responses', { body, key: keys.admin }))).id
  }
  const [old, young] = [await made(3 * day), await made(day)]
  await using gateway = await startProcess({ WEIR_DATA_DIR: place.path, WEIR_RETENTION_DAYS: '2' })
  while ((await gateway.call(`/v1/responses/${old}`)).status === 200) await after(20)
  expect((await gateway.call(`/v1/responses/${old}`)).status).toBe(404)
  expect((await gateway.call(`/v1/responses/${young}`)).status).toBe(200)
  gateway.kill('SIGTERM')
  expect(await gateway.ended).toEqual({ code: 0, signal: null })
})

test('an event that no webhook has taken is sent by the next start, with the same id', async () => {
  await using place = await folder()
  const [asked, taken] = [moment(), moment()]
  await using receiver = await startUpstream((_, response, number) => {
    if (number === 0) return asked.now()
    response.writeHead(200).end()
    taken.now()
  })
  const secret = `whsec_${Buffer.alloc(32).toString('base64')}`
  const yaml = `type: virtual-account\nname: ada\nwebhooks:\n  - url: ${receiver.url}\n    secret: env://SECRET\n`
  {
    await using gateway = await startGateway({ folder: place.path, configuration: configured({ SECRET: secret }, yaml) })
    const { jobs } = gateway.ports
    const response = JSON.stringify({ response: { id: 'resp_1', status: 'completed', output: [] } })
    const owner = { tenant: 'default', subject: 'virtualaccount:ada' }
    const row = { id: 'resp_1', owner, parent: null, createdAt: Date.now(), input: '[]', response }
    await jobs.add(row, '{}', { first: 0, last: 0, events: '{}' })
    const [job] = await jobs.claim(1, Date.now() + 60_000)
    expect(job && (await jobs.end(job, row, { first: 1, last: 1, events: '{}' }))).toBe(true)
    await asked.come
  }
  const file = join(place.path, 'weir.yaml')
  await writeFile(file, yaml)
  await using gateway = await startProcess({ WEIR_DATA_DIR: place.path, WEIR_CONFIG: file, SECRET: secret })
  await taken.come
  const list = async () => (await (await gateway.call('/api/v1/webhook-deliveries')).json()) as { data: { status: string }[] }
  while ((await list()).data[0]?.status === 'pending') await after(20)
  expect(await list()).toMatchObject({ data: [{ status: 'delivered', attempts: 1, response_id: 'resp_1' }] })
  expect(receiver.seen[1]?.headers['webhook-id']).toBe(receiver.seen[0]?.headers['webhook-id'])
  gateway.kill('SIGTERM')
  expect(await gateway.ended).toEqual({ code: 0, signal: null })
})
