import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { documentation } from '../../src/openapi.js'

async function site() {
  const answer = documentation('1.2.3')
  const server = createServer((request, response) => {
    void answer(request, response).then((answered) => answered || response.writeHead(404).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('serves the document of this version', async () => {
  await using pages = await site()
  const response = await fetch(`${pages.origin}/openapi.json?x=1`)
  const document = (await response.json()) as { openapi: string; info: { version: string } }
  expect(response.headers.get('content-type')).toContain('application/json')
  expect(document).toMatchObject({ openapi: '3.1.1', info: { version: '1.2.3' } })
})

test('serves a page whose every resource comes from here', async () => {
  await using pages = await site()
  const response = await fetch(`${pages.origin}/docs`)
  const html = await response.text()
  expect(response.headers.get('content-type')).toContain('text/html')
  expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(html).not.toMatch(/https?:\/\//)
  for (const [, path] of html.matchAll(/(?:src|spec-url)="([^"]+)"/g)) {
    const resource = await fetch(pages.origin + path)
    expect(resource.status, path).toBe(200)
    expect((await resource.text()).length).toBeGreaterThan(1000)
  }
})

test('answers HEAD without a body, and leaves everything else alone', async () => {
  await using pages = await site()
  const head = await fetch(`${pages.origin}/docs`, { method: 'HEAD' })
  expect(head.status).toBe(200)
  expect(await head.text()).toBe('')
  expect((await fetch(`${pages.origin}/docs`, { method: 'POST' })).status).toBe(404)
  expect((await fetch(`${pages.origin}/docs/rapidoc.js`)).status).toBe(404)
  expect((await fetch(`${pages.origin}/docs/../package.json`)).status).toBe(404)
})
