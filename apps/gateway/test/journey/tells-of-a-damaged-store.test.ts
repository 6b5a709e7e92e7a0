import { expect, test } from 'vitest'
import { StoreError } from '../../src/ports/store-error.js'
import { errorOf } from '../support/error.js'
import { startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'

for (const [fault, message, retries] of [
  ['unavailable', 'The store cannot be reached right now.', 'true'],
  ['damaged', 'The store is damaged. Its operator has to mend it.', 'false'],
] as const)
  test(`a store that is ${fault} is a 503 that says whether to try again, and tells nothing of the file`, async () => {
    await using gateway = await startGateway()
    const broken = (): Promise<never> => Promise.reject(new StoreError(fault, 'libsql: /data/weir.db is malformed'))
    Object.assign(gateway.ports.responses, { get: broken, chain: broken })
    const continued = { model: 'simulator/talker', input: 'Go on', previous_response_id: 'resp_1' }
    for (const answer of [await gateway.call('/v1/responses/resp_1'), await gateway.call('/v1/responses', { body: continued })]) {
      expect(answer.status).toBe(503)
      expect(answer.headers.get('x-should-retry')).toBe(retries)
      expect(await errorOf(answer)).toMatchObject({ code: 'unavailable', message })
    }
    expect(await gateway.ended(1)).toMatchObject([
      { errorCode: 'unavailable', errorDetail: 'libsql: /data/weir.db is malformed' },
    ])
    // What needs nothing of the store goes on.
    const alone = await gateway.call('/v1/responses', { body: { model: 'simulator/talker', input: 'Hello!' } })
    expect((await read(alone)).status).toBe('completed')
  })
