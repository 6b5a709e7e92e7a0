import { fileURLToPath } from 'node:url'
import { decodeSse } from '@weir/dialects'
import { expect, test } from 'vitest'
import type { StoredWire } from '../support/faces.js'
import { keys, startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { adminKey, folder, listening, start } from '../support/process.js'

const words = 1_000_000
/** Of heap that a gateway may use here: less than what the events of the journal take. Megabytes. */
const heap = 96

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** A response in progress that has told so many words, and whose process is there no more. */
async function half(path: string): Promise<string> {
  await using gateway = await startGateway({ folder: path, background: { most: 0 } })
  const { jobs, journal, clock } = gateway.ports
  const body = { model: 'simulator/talker', input: 'Speak.', background: true }
  const { id } = await read(await gateway.call('/v1/responses', { key: keys.admin, body }))
  const [job] = await jobs.claim(1, clock.now() + 600_000)
  if (!job) return expect.unreachable()
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] }
  const events = [JSON.stringify({ type: 'response.output_item.added', sequence_number: 2, output_index: 0, item })]
  let first = 2
  for (let number = 3; number < words + 3; number++) {
    const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
    events.push(JSON.stringify({ type: 'response.output_text.delta', sequence_number: number, ...at, delta: `${number % 10} ` }))
    if (events.length < 1000 && number < words + 2) continue
    await journal.append(job, { first, last: number, events: events.join('\n') })
    events.length = 0
    first = number + 1
  }
  return id
}

test('a journal of a million events is ended and read in a heap that could not hold it', async () => {
  await using place = await folder()
  const id = await half(place.path)
  const variables = { WEIR_ADMIN_KEY: adminKey, WEIR_DATA_DIR: place.path }
  await using gateway = await listening(start(`--max-old-space-size=${heap}`, [main], variables), adminKey)
  const cancelled = (await (await gateway.call(`/v1/responses/${id}/cancel`, {})).json()) as StoredWire
  expect(cancelled.status).toBe('cancelled')
  expect(cancelled.output[0]?.content?.[0]?.text).toHaveLength(2 * words)
  const frames = decodeSse()
  let next = 0
  let last = ''
  for await (const bytes of (await gateway.call(`/v1/responses/${id}?stream=true`)).body ?? [])
    frames.push(bytes, ({ data }) => {
      if (data === '[DONE]') return
      const { type, sequence_number: number } = JSON.parse(data) as { type: string; sequence_number: number }
      if (number !== next++) expect.unreachable(`${number} came in the place of ${next - 1}.`)
      last = type
    })
  expect(last).toBe('response.incomplete')
  expect(next).toBeGreaterThan(words)
})
