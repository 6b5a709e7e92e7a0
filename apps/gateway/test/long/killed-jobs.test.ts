import { setTimeout as after } from 'node:timers/promises'
import { decodeSse, readAll } from '@weir/dialects'
import { expect, test } from 'vitest'
import { faces, speech, type StoredWire } from '../support/faces.js'
import { folder, manifestFile, type RunningGateway, startProcess } from '../support/process.js'
import { startUpstream } from '../support/upstream.js'

const jobs = 100
const kills = 3

interface Event {
  readonly type: string
  readonly sequence_number: number
  readonly response?: StoredWire
}

/** A failing run prints it; `KILL_SEED=<seed>` repeats its moments. */
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000)

/** From 0 to 1, the same for the same seed. */
function chance(from: number): () => number {
  let state = from
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

for (const face of faces)
  test(`kill -9 at any moment leaves no background response stuck and no gap for its readers: ${face} (seed ${seed})`, async () => {
    const random = chance(seed)
    await using place = await folder()
    await using upstream = await startUpstream(async (_, response) => {
      const words = Array.from({ length: 10 + Math.floor(random() * 40) }, (__, number) => `${number} `)
      const { opening, deltas, closing } = speech(face, words)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening)
      for (const delta of deltas) {
        if (response.destroyed) return
        response.write(delta)
        await after(random() * 40)
      }
      response.end(closing)
    })
    const variables = {
      WEIR_DATA_DIR: place.path,
      WEIR_CONFIG: await manifestFile(place.path, upstream.url, face),
      WEIR_BACKGROUND_LIMIT: '40',
    }
    let gateway = await startProcess(variables)
    try {
      const ids = await Promise.all(Array.from({ length: jobs }, () => begin(gateway)))
      let over = false
      const readers = ids.map((id) => follow(id, () => gateway))
      for (let kill = 0; kill < kills; kill++) {
        await after(200 + random() * 1_500)
        gateway.kill('SIGKILL')
        await gateway.ended
        gateway = await startProcess(variables)
      }
      const stuck = after(90_000).then(() => over || expect.unreachable('A response is stuck.'))
      const sequences = await Promise.race([Promise.all(readers), stuck.then(() => [])])
      over = true

      const statuses = new Map<string, number>()
      for (const [index, sequence] of sequences.entries()) {
        const id = ids[index] ?? ''
        expect(sequence.map((event) => event.sequence_number)).toEqual(sequence.map((_, number) => number))
        expect(await read(gateway, id, -1)).toEqual(sequence)
        const stored = (await (await gateway.call(`/v1/responses/${id}`)).json()) as StoredWire
        expect(sequence.at(-1)?.response).toEqual(stored)
        expect(sequence.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.queued'])
        if (stored.status === 'failed') expect(stored.error).toMatchObject({ code: 'server_error' })
        statuses.set(stored.status, (statuses.get(stored.status) ?? 0) + 1)
      }
      // Killed in the middle of some, and of others not.
      expect([...statuses.keys()].toSorted()).toEqual(['completed', 'failed'])
      expect((statuses.get('completed') ?? 0) + (statuses.get('failed') ?? 0)).toBe(jobs)
    } finally {
      await gateway[Symbol.asyncDispose]()
    }
  })

async function begin(gateway: RunningGateway): Promise<string> {
  const answer = await gateway.call('/v1/responses', { model: 'up/model', input: 'Speak.', background: true })
  return ((await answer.json()) as StoredWire).id
}

/** Reads on from the last number, as often as the connection breaks, until the response has ended. */
async function follow(id: string, current: () => RunningGateway): Promise<Event[]> {
  const all: Event[] = []
  for (;;) {
    try {
      await read(current(), id, all.length - 1, all)
    } catch {
      await after(50)
    }
    if (/^response\.(completed|failed|incomplete)$/.test(all.at(-1)?.type ?? '')) return all
  }
}

/** The events after this number, added as they come. */
async function read(gateway: RunningGateway, id: string, from: number, all: Event[] = []): Promise<Event[]> {
  const query = from < 0 ? '' : `&starting_after=${from}`
  const answer = await gateway.call(`/v1/responses/${id}?stream=true${query}`)
  const frames = decodeSse()
  for await (const bytes of answer.body ?? [])
    frames.push(bytes, ({ data }) => void (data === '[DONE]' || all.push(JSON.parse(data) as Event)))
  readAll(frames, [])
  return all
}
