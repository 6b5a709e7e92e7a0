import { setTimeout as after } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { faces, pathOf, question, speak, speech, type StoredWire, textOf, told } from '../support/faces.js'
import { folder, manifestFile, type RunningGateway, startProcess } from '../support/process.js'
import { startUpstream } from '../support/upstream.js'

const rounds = 5
const callers = 16

for (const face of faces) {
  test(`kill -9 under load loses no response whose end was delivered: ${face}`, async () => {
    await using place = await folder()
    let number = 0
    await using upstream = await startUpstream(({ body }, response) => {
      number++
      speak(response, body['stream'] === true, speech(face, [`Answer`, ` number ${number}`, '.']))
    })
    const variables = { WEIR_DATA_DIR: place.path, WEIR_CONFIG: await manifestFile(place.path, upstream.url, face) }
    const delivered = new Map<string, string>()
    for (let round = 0; round < rounds; round++) {
      await using gateway = await startProcess(variables)
      const before = delivered.size
      const load = Array.from({ length: callers }, (_, caller) => askOn(gateway, caller % 2 === 0, delivered))
      while (delivered.size < before + 100) await after(5)
      gateway.kill('SIGKILL')
      expect(await gateway.ended).toEqual({ code: null, signal: 'SIGKILL' })
      await Promise.all(load)
    }

    await using gateway = await startProcess(variables)
    expect(delivered.size).toBeGreaterThanOrEqual(rounds * 100)
    for (const [id, text] of delivered) {
      const stored = (await (await gateway.call(`/v1/responses/${id}`)).json()) as StoredWire
      expect({ id: stored.id, status: stored.status, text: textOf(stored) }).toEqual({ id, status: 'completed', text })
    }
  })

  /** Asks again and again, until the gateway is gone; notes what was delivered to its end. */
  async function askOn(gateway: RunningGateway, stream: boolean, delivered: Map<string, string>): Promise<void> {
    try {
      for (;;) {
        const response = await gateway.call(pathOf(face), question(face, { stream }))
        const id = response.headers.get('x-weir-response-id') ?? ''
        const all = await response.text()
        if (!stream) delivered.set(id, /Answer number \d+\./.exec(all)?.[0] ?? '')
        else {
          const read = told(all)
          if (read.done) delivered.set(id, read.text)
        }
      }
    } catch {
      // It was killed.
    }
  }
}
