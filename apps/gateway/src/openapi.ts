// The contract for people and for generators: /openapi.json, and /docs, which shows it. Nothing is fetched from elsewhere, so
// the pages work on a machine without a network.
import { openApiDocument } from '@weir/contracts'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Weir: the API</title>
    <script type="module" src="/docs/rapidoc-min.js"></script>
  </head>
  <body>
    <rapi-doc spec-url="/openapi.json" render-style="read" show-header="false" load-fonts="false"
      allow-authentication="true" allow-server-selection="true" persist-auth="false" sort-tags="false"></rapi-doc>
  </body>
</html>
`

const securityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

interface Page {
  readonly type: string
  readonly read: () => string | Promise<string>
}

/** A value that is made when it is first asked for. A failure is not kept. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

function pages(version: string): ReadonlyMap<string, Page> {
  const document = once(async () => JSON.stringify(openApiDocument({ version })))
  const script = once(() => readFile(createRequire(import.meta.url).resolve('rapidoc'), 'utf8'))
  return new Map<string, Page>([
    ['/openapi.json', { type: 'application/json; charset=utf-8', read: document }],
    ['/docs', { type: 'text/html; charset=utf-8', read: () => page }],
    ['/docs/rapidoc-min.js', { type: 'text/javascript; charset=utf-8', read: script }],
  ])
}

/** Answers GET and HEAD of the three pages; says whether it did. */
export type Documentation = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

/** The public documentation of this gateway. Needs no key: it says nothing that the source does not. */
export function documentation(version: string): Documentation {
  const known = pages(version)
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const found = known.get((request.url ?? '').split('?', 1)[0] ?? '')
    if (found === undefined) return false
    const content = Buffer.from(await found.read())
    response.writeHead(200, {
      'content-type': found.type,
      'content-length': content.length,
      'content-security-policy': securityPolicy,
      'x-content-type-options': 'nosniff',
    })
    response.end(request.method === 'HEAD' ? undefined : content)
    return true
  }
}
