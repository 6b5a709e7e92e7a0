import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { connectTo } from '../support/connection.js'
import { errorOf } from '../support/error.js'
import { formOf, formType, note, partOf, purpose } from '../support/form.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'

async function filesOf({ blobFolder }: TestGateway): Promise<string[]> {
  const entries = await readdir(blobFolder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

const send = (gateway: TestGateway, body: string | ReadableStream, type = formType): Promise<Response> =>
  fetch(`${gateway.url}/v1/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.alice}`, 'content-type': type },
    body,
    ...(typeof body !== 'string' && { duplex: 'half' }),
  } as RequestInit)

const field = (name: string, content: string): { name: string; content: string } => ({ name, content })

test.each([
  ['no file', formOf(purpose), 'file', /required/],
  ['no purpose', formOf(note), 'purpose', /required|one of/],
  ['a purpose that is none', formOf(note, field('purpose', 'fun')), 'purpose', /vision/],
  ['a field twice', formOf(purpose, purpose, note), 'purpose', /twice/],
  ['a field that is not known', formOf(purpose, field('colour', 'red'), note), 'colour', /not known/],
  ['a field called __proto__', formOf(purpose, field('__proto__', 'red'), note), '__proto__', /not known/],
  ['a field that is far too long', formOf(purpose, field('colour', 'r'.repeat(5000)), note), 'colour', /too long/],
  [
    'a life too short',
    formOf(purpose, note, field('expires_after[anchor]', 'created_at'), field('expires_after[seconds]', '60')),
    'expires_after.seconds',
    /3600/,
  ],
  ['a life without an anchor', formOf(purpose, note, field('expires_after[seconds]', '7200')), 'expires_after.anchor', /./],
  [
    'a life that is no number',
    formOf(purpose, note, field('expires_after[anchor]', 'created_at'), field('expires_after[seconds]', 'soon')),
    'expires_after.seconds',
    /number/,
  ],
  ['two files', formOf(purpose, note, { ...note, filename: 'second.txt' }), 'file', /one file/],
  ['a file by another name', formOf(purpose, { ...note, name: 'document' }), 'document', /"file"/],
  ['a file without a filename', formOf(purpose, field('file', 'Remember the milk.')), 'file', /filename/],
  ['an empty file', formOf(purpose, { ...note, content: '' }), 'file', /empty/],
  ['a name that is too long', formOf(purpose, { ...note, filename: 'a'.repeat(1001) }), 'file', /1000/],
  [
    'a name with control characters',
    formOf(purpose, { ...note, filename: `a"; filename*=UTF-8''a%07b; more="` }),
    'file',
    /control/,
  ],
  ['a file with an empty name', formOf(purpose, { ...note, filename: '' }), 'file', /filename/],
  ['a form that breaks off within the file', formOf(purpose, note).slice(0, -40), null, /whole/],
  ['a form that breaks off before the file', partOf(purpose), null, /whole/],
  ['nothing', '', null, /whole/],
  ['thirty fields', formOf(...Array.from({ length: 30 }, (_, number) => field(`f${number}`, '')), note), null, /too many/],
])('%s is refused by name, and nothing stays', async (_, body, param, says) => {
  await using gateway = await startGateway()
  const answer = await send(gateway, body)
  expect(answer.status).toBe(400)
  const error = await errorOf(answer)
  expect(error.param).toBe(param)
  expect(error.message).toMatch(says)
  expect(await filesOf(gateway)).toEqual([])
})

test('a form that breaks off is refused wherever it does, and nothing stays', async () => {
  await using gateway = await startGateway()
  const whole = formOf(purpose, note)
  for (let length = 0; length < whole.trimEnd().length - '--'.length; length++) {
    const answer = await send(gateway, whole.slice(0, length))
    expect(answer.status, `${length} of ${whole.length}`).toBe(400)
    expect(await errorOf(answer)).toMatchObject({ code: 'invalid_value', param: null, message: expect.stringMatching(/whole/) })
  }
  expect(await filesOf(gateway)).toEqual([])
  expect((await send(gateway, whole)).status).toBe(200)
})

test('a body that is no form is refused', async () => {
  await using gateway = await startGateway()
  for (const type of ['application/json', 'multipart/mixed; boundary=a', 'text/plain']) {
    const answer = await send(gateway, formOf(purpose, note), type)
    expect(answer.status).toBe(415)
    expect(await errorOf(answer)).toMatchObject({ code: 'unsupported_media_type' })
  }
  expect(await errorOf(await send(gateway, formOf(purpose, note), 'multipart/form-data; charset=utf-8'))).toMatchObject({
    code: 'invalid_value',
    message: expect.stringContaining('boundary'),
  })
})

test('a file beyond the limit is refused as soon as that is known, said or not, and nothing stays', async () => {
  await using gateway = await startGateway({ settings: { fileLimit: 1000 } })
  const body = (size: number): string => formOf(purpose, { ...note, content: 'a'.repeat(size) })
  expect((await send(gateway, body(1000))).status).toBe(200)
  const before = await filesOf(gateway)
  const error = { code: 'payload_too_large', param: 'file', message: expect.stringContaining('1000 bytes') }
  expect(await errorOf(await send(gateway, body(1001)))).toMatchObject(error)
  // Said by its length: nothing of it is read.
  expect(await errorOf(await send(gateway, body(1_000_000)))).toMatchObject(error)
  // Not said: the caller goes on sending until it is told.
  let sent = 0
  const endless = new ReadableStream({
    start: (controller) => controller.enqueue(Buffer.from(partOf({ ...note, content: '' }).slice(0, -2))),
    pull(controller) {
      sent += 65_536
      if (sent > 1e9) throw new Error('It was never told.')
      controller.enqueue(Buffer.alloc(65_536, 'a'))
    },
  })
  const told = await send(gateway, endless).then(errorOf, (thrown: Error) => thrown)
  // A caller may see its connection closed before it reads the answer.
  if (!(told instanceof Error)) expect(told).toMatchObject(error)
  expect(sent).toBeLessThan(1e9)
  expect(await filesOf(gateway)).toEqual(before)
})

test('a stranger is refused before its file is read', async () => {
  await using gateway = await startGateway()
  await using connection = await connectTo(gateway.url)
  await connection.send(
    `POST /v1/files HTTP/1.1\r\nhost: weir\r\nauthorization: Bearer nobody\r\ncontent-type: ${formType}\r\ncontent-length: 1000000\r\nexpect: 100-continue\r\n\r\n`,
  )
  const told = await connection.closed
  expect(told).toMatch(/^HTTP\/1\.1 401/)
  expect(told).not.toContain('100 Continue')
})

test('a caller that asks before it sends is told to go on', async () => {
  await using gateway = await startGateway()
  await using connection = await connectTo(gateway.url)
  const body = formOf(purpose, note)
  await connection.send(
    `POST /v1/files HTTP/1.1\r\nhost: weir\r\nauthorization: Bearer ${keys.alice}\r\ncontent-type: ${formType}\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`,
  )
  await connection.until(/100 Continue/)
  await connection.send(body)
  expect(await connection.until(/"object":"file"/)).toContain('HTTP/1.1 200')
})

test.each([
  ['leaves', 10_000],
  ['falls silent', 50],
])('a caller that %s during its upload leaves nothing on the disk', async (what, streamIdleTimeout) => {
  await using gateway = await startGateway({ settings: { streamIdleTimeout } })
  const put = gateway.ports.blobs.put
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  let ended: Promise<string> | undefined
  // The upload is seen where it is kept: its first piece, and its end.
  Object.assign(gateway.ports.blobs, {
    put: (content: AsyncIterable<Uint8Array>) => {
      const watched = (async function* () {
        for await (const chunk of content) {
          yield chunk
          begin()
        }
      })()
      ended = put(watched).then(
        () => 'kept',
        (error: { code: string }) => error.code,
      )
      return ended.then(() => Promise.reject(new Error('It was not kept.')))
    },
  })
  await using connection = await connectTo(gateway.url)
  await connection.send(
    `POST /v1/files HTTP/1.1\r\nhost: weir\r\nauthorization: Bearer ${keys.alice}\r\ncontent-type: ${formType}\r\ncontent-length: 1000000\r\n\r\n`,
  )
  await connection.send(partOf(purpose) + partOf({ ...note, content: 'a'.repeat(100_000) }).slice(0, -2))
  await begun
  if (what === 'leaves') await connection[Symbol.asyncDispose]()
  else await connection.closed
  expect(await ended).toBe('client_closed')
  expect(await filesOf(gateway)).toEqual([])
})

test('an upload that is refused half-way does not spoil the next request of its connection', async () => {
  await using gateway = await startGateway()
  await using connection = await connectTo(gateway.url)
  await connection.send(
    `POST /v1/files HTTP/1.1\r\nhost: weir\r\nauthorization: Bearer ${keys.alice}\r\ncontent-type: ${formType}\r\ncontent-length: 1000000\r\n\r\n`,
  )
  await connection.send(partOf({ name: 'document', filename: 'a', content: 'a'.repeat(1000) }))
  const told = await connection.closed
  expect(told).toMatch(/^HTTP\/1\.1 400/)
  expect(told).toMatch(/connection: close/i)
})
