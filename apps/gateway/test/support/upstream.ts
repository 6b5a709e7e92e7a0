import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { listen } from './gateway.js'

/** A request as an upstream got it. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
  /** The body to the letter. */
  readonly text: string
  /** Resolves when the connection of this request is closed before its answer was complete. */
  readonly aborted: Promise<void>
}

export interface Upstream extends AsyncDisposable {
  /** Base URL, with /v1. */
  readonly url: string
  /** Every request so far, oldest first. */
  readonly seen: readonly Seen[]
}

/** What an upstream does with a request; it writes the answer itself, byte by byte if it likes. */
export type Script = (request: Seen, response: ServerResponse, number: number) => void | Promise<void>

/** A scripted upstream: a real HTTP server on a free port of 127.0.0.1. */
export async function startUpstream(script: Script): Promise<Upstream> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const aborted = new Promise<void>((resolve) =>
        response.once('close', () => {
          if (!response.writableFinished) resolve()
        }),
      )
      const text = Buffer.concat(chunks).toString()
      const one: Seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? {} : JSON.parse(text),
        text,
        aborted,
      }
      const number = seen.push(one) - 1
      void script(one, response, number)
    })
  })
  const url = await listen(server)
  return {
    url: `${url}/v1`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

/** Begins a stream of server-sent events. */
export function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
}

/** One event of a stream, as most servers write it. */
export const data = (body: unknown): string => `data: ${typeof body === 'string' ? body : JSON.stringify(body)}\n\n`
