import { createServer, type IncomingHttpHeaders } from 'node:http'
import { listen } from './gateway.js'

/** A request as a stand-in got it, to the letter. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Answer {
  readonly status?: number
  readonly type?: string
  readonly body: string | object
}

/** Stands in for whoever gives credentials, over real HTTP on a free port of 127.0.0.1. */
export interface StandIn extends AsyncDisposable {
  /** Its origin. */
  readonly url: string
  readonly asked: readonly Asked[]
}

export async function startStandIn(script: (asked: Asked, number: number) => Answer | Promise<Answer>): Promise<StandIn> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const one: Asked = { method, path, headers, body: Buffer.concat(chunks).toString() }
      const number = asked.push(one) - 1
      void Promise.resolve(script(one, number)).then(({ status = 200, type, body }) => {
        const text = typeof body === 'string' ? body : JSON.stringify(body)
        response.writeHead(status, { 'content-type': type ?? (typeof body === 'string' ? 'text/plain' : 'application/json') })
        response.end(text)
      })
    })
  })
  const url = await listen(server)
  return {
    url,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A place where nobody listens. */
export async function nowhere(): Promise<string> {
  await using standIn = await startStandIn(() => ({ body: '' }))
  return standIn.url
}

/** The fields of a form. */
export const fieldsOf = ({ body }: Asked): Readonly<Record<string, string>> => Object.fromEntries(new URLSearchParams(body))
