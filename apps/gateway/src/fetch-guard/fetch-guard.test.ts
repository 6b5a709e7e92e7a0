import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { listen } from '../../test/support/gateway.js'
import { undiciWeb } from '../adapters/undici/web.js'
import type { Address, Web } from '../ports/web.js'
import { fetchGuarded, type FetchOptions } from './fetch-guard.js'

const options: FetchOptions = {
  param: 'input[0].content[1].image_url',
  most: 1000,
  timeout: 5000,
  signal: new AbortController().signal,
  allow: new Set(),
}

const refusal = (rule: string): object => ({
  code: 'invalid_value',
  param: 'input[0].content[1].image_url',
  message: expect.stringContaining(rule),
})

const at = (...addresses: string[]): Address[] => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

interface Scripted extends Web {
  readonly resolved: string[]
  /** Each URL that was asked for, with the addresses that it was asked of. */
  readonly asked: (readonly [url: string, addresses: readonly string[]])[]
}

/** A web of scripted names, each with what it resolves to the first time, the second and so on, and scripted redirects. */
function scripted(names: Readonly<Record<string, readonly Address[][]>>, moved: Readonly<Record<string, string>> = {}): Scripted {
  const resolved: string[] = []
  const asked: (readonly [string, readonly string[]])[] = []
  return {
    resolved,
    asked,
    async resolve(host) {
      const time = resolved.filter((one) => one === host).length
      resolved.push(host)
      const found = names[host]?.[time] ?? names[host]?.at(-1)
      if (!found) throw new Error(`getaddrinfo ENOTFOUND ${host}`)
      return found
    },
    async send({ url }, addresses) {
      asked.push([url, addresses.map(({ address }) => address)])
      const location = moved[url]
      return {
        status: location === undefined ? 200 : 302,
        headers: { 'content-type': 'image/png', ...(location !== undefined && { location }) },
        body: {
          start(sink) {
            sink.data(Buffer.from('pixels'))
            sink.end()
          },
          pause() {},
          resume() {},
          destroy() {},
        },
      }
    },
  }
}

describe('a name', () => {
  test('is resolved once, and the connection goes to the very addresses that were judged', async () => {
    // The second answer is what a rebinding resolver would give to whoever asks again.
    const web = scripted({ 'pictures.example': [at('93.184.216.34'), at('127.0.0.1')] })
    const { bytes, mediaType } = await fetchGuarded('https://pictures.example/a.png', options, { web })
    expect(bytes.toString()).toBe('pixels')
    expect(mediaType).toBe('image/png')
    expect(web.resolved).toEqual(['pictures.example'])
    expect(web.asked).toEqual([['https://pictures.example/a.png', ['93.184.216.34']]])
  })

  test('with a private address among public ones is refused, and reads like one that does not exist', async () => {
    const web = scripted({
      'mixed.example': [at('93.184.216.34', '10.0.0.7')],
      'inner.example': [at('::1')],
      'empty.example': [[]],
    })
    const told: string[] = []
    for (const host of ['mixed.example', 'inner.example', 'empty.example', 'absent.example', '10.0.0.7', '[::ffff:10.0.0.7]']) {
      const error = await fetchGuarded(`https://${host}/`, options, { web }).catch((thrown: Error) => thrown)
      expect(error).toMatchObject(refusal('no public address'))
      if (error instanceof Error) told.push(error.message)
    }
    expect(new Set(told).size).toBe(1)
    expect(told[0]).not.toMatch(/10\.0|::1|ENOTFOUND|example/)
    expect(web.asked).toEqual([])
  })

  test('that the operator opened may be private', async () => {
    const web = scripted({ 'inner.example': [at('10.0.0.7')] })
    const allow = new Set(['inner.example:8080'])
    await fetchGuarded('http://inner.example:8080/a', { ...options, allow }, { web })
    expect(web.asked).toEqual([['http://inner.example:8080/a', ['10.0.0.7']]])
    await expect(fetchGuarded('https://inner.example/a', { ...options, allow }, { web })).rejects.toMatchObject(
      refusal('no public address'),
    )
  })
})

describe('a redirect', () => {
  const names = { 'a.example': [at('93.184.216.34')], 'b.example': [at('93.184.216.35')], 'inner.example': [at('192.168.0.1')] }

  test('is followed three times, each hop resolved anew', async () => {
    const web = scripted(names, {
      'https://a.example/1': 'https://b.example/2',
      'https://b.example/2': '/3',
      'https://b.example/3': '//a.example/4',
    })
    await fetchGuarded('https://a.example/1', options, { web })
    expect(web.asked.map(([url, [address]]) => `${url} ${address}`)).toEqual([
      'https://a.example/1 93.184.216.34',
      'https://b.example/2 93.184.216.35',
      'https://b.example/3 93.184.216.35',
      'https://a.example/4 93.184.216.34',
    ])
  })

  test('is not followed a fourth time', async () => {
    const web = scripted(names, { 'https://a.example/': 'https://a.example/' })
    await expect(fetchGuarded('https://a.example/', options, { web })).rejects.toMatchObject(refusal('more than 3 times'))
    expect(web.asked).toHaveLength(4)
  })

  test.each([
    ['http://b.example/', 'only https'],
    ['https://inner.example/', 'no public address'],
    ['//127.0.0.1/', 'no public address'],
    ['https://169.254.169.254/latest/meta-data', 'no public address'],
    ['https://0x7f.1/', 'plain form'],
    ['https://user@b.example/', 'user or a password'],
    ['file:///etc/passwd', 'not a URL'],
  ])('to %s is refused: %s', async (location, rule) => {
    const web = scripted(names, { 'https://a.example/': location })
    await expect(fetchGuarded('https://a.example/', options, { web })).rejects.toMatchObject(refusal(rule))
    expect(web.asked).toHaveLength(1)
  })
})

/** A real server, reached under a made-up name: what it got, and what it answers. */
async function server(script: (request: IncomingMessage, response: ServerResponse) => void) {
  const made = createServer(script)
  const port = new URL(await listen(made)).port
  const real = undiciWeb()
  const web: Web = { ...real, resolve: async () => at('127.0.0.1') }
  return {
    fetch: (more: Partial<FetchOptions> = {}) =>
      fetchGuarded(`http://names.example:${port}/a`, { ...options, allow: new Set([`names.example:${port}`]), ...more }, { web }),
    port,
    async [Symbol.asyncDispose]() {
      made.closeAllConnections()
      await new Promise((resolve) => made.close(resolve))
    },
  }
}

describe('over a real connection', () => {
  test('the host header is the name, the connection goes where it was told, and ends', async () => {
    let seen: IncomingMessage | undefined
    let closed = Promise.resolve()
    await using place = await server((request, response) => {
      seen = request
      closed = new Promise((resolve) => request.socket.once('close', () => resolve()))
      response.writeHead(200, { 'content-type': 'Image/PNG; charset=x' })
      response.write('pix')
      setImmediate(() => response.end('els'))
    })
    expect(await place.fetch()).toEqual({ bytes: Buffer.from('pixels'), mediaType: 'image/png' })
    expect(seen?.headers).toMatchObject({ host: `names.example:${place.port}`, 'accept-encoding': 'identity' })
    await closed
  })

  test('the name is kept for TLS as well', async () => {
    let asked = ''
    const place = createTlsServer({
      SNICallback(name, settle) {
        asked = name
        settle(new Error('There is no certificate here.'))
      },
    })
    const origin = (await listen(place)).replace('http://127.0.0.1', 'https://names.example')
    const web: Web = { ...undiciWeb(), resolve: async () => at('127.0.0.1') }
    const allow = new Set([new URL(origin).host])
    await expect(fetchGuarded(origin, { ...options, allow }, { web })).rejects.toMatchObject(refusal('could not be fetched'))
    expect(asked).toBe('names.example')
    await new Promise((resolve) => place.close(resolve))
  })

  test('content is refused as soon as it is too large, said or not', async () => {
    await using said = await server((_, response) => response.writeHead(200, { 'content-length': 1001 }).write('a'))
    await expect(said.fetch()).rejects.toMatchObject(refusal('larger than 1000 bytes'))
    await using unsaid = await server((_, response) => response.writeHead(200).write('a'.repeat(1001)))
    await expect(unsaid.fetch()).rejects.toMatchObject(refusal('larger than 1000 bytes'))
    await using exact = await server((_, response) => response.end('a'.repeat(1000)))
    expect((await exact.fetch()).bytes).toHaveLength(1000)
  })

  test.each([
    ['gzip', gzipSync(Buffer.alloc(900_000))],
    ['br', brotliCompressSync(Buffer.alloc(900_000))],
  ])('%s content is not unpacked', async (encoding, packed) => {
    await using place = await server((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(packed))
    await expect(place.fetch()).rejects.toMatchObject(refusal('compressed'))
  })

  test('a status, a media type that is not wanted, and a cut are told apart', async () => {
    await using absent = await server((_, response) => response.writeHead(404).end('nothing'))
    await expect(absent.fetch()).rejects.toMatchObject(refusal('status 404'))
    await using page = await server((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'))
    const accepts = (type: string | undefined): boolean => type?.startsWith('image/') === true
    await expect(page.fetch({ accepts })).rejects.toMatchObject(refusal('answered with text/html'))
    await using cut = await server((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('a')
      setImmediate(() => response.destroy())
    })
    await expect(cut.fetch()).rejects.toMatchObject(refusal('could not be fetched'))
  })

  test('a server that is silent, or that drips, has the time it is given and no more', async () => {
    await using silent = await server(() => {})
    await expect(silent.fetch({ timeout: 50 })).rejects.toMatchObject(refusal('within 0.05 seconds'))
    await using dripping = await server((_, response) => {
      const drip = setInterval(() => response.write('a'), 5)
      response.once('close', () => clearInterval(drip))
    })
    await expect(dripping.fetch({ timeout: 100 })).rejects.toMatchObject(refusal('within 0.1 seconds'))
  })

  test('a caller who leaves ends it', async () => {
    const controller = new AbortController()
    await using place = await server(() => controller.abort())
    await expect(place.fetch({ signal: controller.signal })).rejects.toMatchObject({ code: 'client_closed' })
  })

  test('a resolver that hangs is not waited for', async () => {
    const web: Web = { ...undiciWeb(), resolve: () => new Promise(() => {}) }
    await expect(fetchGuarded('https://slow.example/', { ...options, timeout: 50 }, { web })).rejects.toMatchObject(
      refusal('within 0.05 seconds'),
    )
  })
})
