import { expect, test } from 'vitest'
import { createClient } from '../src/index.js'
import { gatewayDouble } from './gateway-double.js'

test('a query goes to /trpc as POST with the key, however long its input', async () => {
  await using gateway = await gatewayDouble((response) => response.writeHead(500).end('{}'))
  const client = createClient({ baseURL: gateway.baseURL, apiKey: 'secret' })
  await expect(client.trpc.models.get.query({ id: 'm'.repeat(20_000) })).rejects.toThrow()
  const [sent] = gateway.received
  expect(sent?.method).toBe('POST')
  expect(sent?.url).toBe('/trpc/models.get?batch=1')
  expect(sent?.headers.authorization).toBe('Bearer secret')
  expect(sent?.body).toContain('mmm')
})
