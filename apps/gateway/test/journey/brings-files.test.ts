import { createServer, type Server, type ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { keys, listen, startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js'
import { says } from '../support/scripted.js'
import { paper, paperUrl, picture, pictureUrl, upload } from '../support/upload.js'
import { json, startUpstream, type Upstream } from '../support/upstream.js'

interface Setting extends AsyncDisposable {
  readonly gateway: TestGateway
  readonly upstream: Upstream
  /** What the upstream got last: its input, or its messages. */
  readonly got: () => readonly { readonly content?: unknown; readonly output?: unknown }[]
}

async function open(
  provider: string,
  dialect: 'responses' | 'chat-completions',
  settings: NonNullable<TestGatewayOptions['settings']> = {},
): Promise<Setting> {
  const upstream = await startUpstream(says('Seen.'))
  const gateway = await startGateway({ accounts: { up: { provider, baseURL: upstream.url, dialect } }, settings })
  return {
    gateway,
    upstream,
    got: () => (upstream.seen.at(-1)?.body[dialect === 'responses' ? 'input' : 'messages'] ?? []) as ReturnType<Setting['got']>,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

const ask = (gateway: TestGateway, content: readonly object[], more: object = {}, headers = {}): Promise<Response> =>
  gateway.call('/v1/responses', { body: { model: 'up/model', input: [{ role: 'user', content }], ...more }, headers })

const idOf = async (answer: Response): Promise<string> => {
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { id: string }).id
}

const text = { type: 'input_text', text: 'What is it?' }

describe('a file id', () => {
  test('becomes the content for an upstream that speaks Responses, and stays an id in what is kept', async () => {
    await using setting = await open('openai', 'responses')
    const { gateway, got } = setting
    const [image, file] = [await upload(gateway, picture, 'dot.png'), await upload(gateway, paper, 'paper.pdf')]
    const content = [text, { type: 'input_image', file_id: image, detail: 'low' }, { type: 'input_file', file_id: file }]
    const answer = await ask(gateway, content)
    expect(answer.headers.get('x-weir-losses')).toBeNull()
    expect(got()[0]?.content).toEqual([
      text,
      { type: 'input_image', detail: 'low', image_url: pictureUrl },
      { type: 'input_file', filename: 'paper.pdf', file_data: paperUrl },
    ])
    const kept = await gateway.call(`/v1/responses/${await idOf(answer)}/input_items`)
    expect(await kept.json()).toMatchObject({ data: [{ content }] })
  })

  test('becomes the content for an upstream that speaks chat', async () => {
    await using setting = await open('openai', 'chat-completions')
    const { gateway, got } = setting
    const [image, file] = [await upload(gateway, picture, 'dot.png'), await upload(gateway, paper, 'paper.pdf')]
    await ask(gateway, [text, { type: 'input_image', file_id: image }, { type: 'input_file', file_id: file }])
    expect(got()[0]?.content).toEqual([
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url: pictureUrl } },
      { type: 'file', file: { filename: 'paper.pdf', file_data: paperUrl } },
    ])
  })

  test.each(['chat-completions', 'responses'] as const)(
    'in a chat becomes the content for an upstream that speaks %s',
    async (dialect) => {
      await using setting = await open('openai', dialect)
      const { gateway, got } = setting
      const file = await upload(gateway, paper, 'paper.pdf')
      const content = [
        { type: 'text', text: 'What is it?' },
        { type: 'file', file: { file_id: file } },
      ]
      const answer = await gateway.call('/v1/chat/completions', {
        body: { model: 'up/model', messages: [{ role: 'user', content }] },
      })
      expect(answer.status).toBe(200)
      expect(got()[0]?.content).toEqual(
        dialect === 'responses'
          ? [text, { type: 'input_file', filename: 'paper.pdf', file_data: paperUrl }]
          : [content[0], { type: 'file', file: { filename: 'paper.pdf', file_data: paperUrl } }],
      )
    },
  )

  test("in a tool's output becomes the content too", async () => {
    await using setting = await open('openai', 'responses')
    const { gateway, got } = setting
    const image = await upload(gateway, picture, 'dot.png')
    const call = { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' }
    const output = [{ type: 'input_image', file_id: image }]
    await gateway.call('/v1/responses', {
      body: { model: 'up/model', input: [call, { type: 'function_call_output', call_id: 'call_1', output }] },
    })
    expect(got()[1]?.output).toEqual([{ type: 'input_image', image_url: pictureUrl }])
  })

  test('that is unknown, deleted or another owner’s is one and the same 404 that names its place', async () => {
    await using setting = await open('openai', 'responses')
    const { gateway, upstream } = setting
    const theirs = await upload(gateway, picture, 'dot.png', { key: keys.bob })
    const deleted = await upload(gateway, picture, 'dot.png')
    await gateway.call(`/v1/files/${deleted}`, { method: 'DELETE' })
    for (const id of [theirs, deleted, 'file-abc']) {
      const answer = await ask(gateway, [text, { type: 'input_image', file_id: id }])
      expect(answer.status).toBe(404)
      const param = 'input[0].content[1].file_id'
      expect(await errorOf(answer)).toMatchObject({ code: 'not_found', param, message: `${param}: There is no file "${id}".` })
    }
    const content = [{ type: 'file', file: { file_id: theirs } }]
    const chat = await gateway.call('/v1/chat/completions', {
      body: { model: 'up/model', messages: [{ role: 'user', content }] },
    })
    expect(await errorOf(chat)).toMatchObject({ code: 'not_found', param: 'messages[0].content[0].file.file_id' })
    // It is told before a target is chosen.
    for (const { account, outcome } of await gateway.ended(4)) expect([account, outcome]).toEqual([null, 'refused'])
    expect(upstream.seen).toEqual([])
  })

  test('of an earlier turn is resolved anew; once it is deleted that is a declared loss', async () => {
    await using setting = await open('openai', 'responses')
    const { gateway, got } = setting
    const image = await upload(gateway, picture, 'dot.png')
    const first = await idOf(await ask(gateway, [text, { type: 'input_image', file_id: image }]))
    const again = await ask(gateway, [text], { previous_response_id: first })
    const second = await idOf(again)
    expect(got()[0]?.content).toEqual([text, { type: 'input_image', image_url: pictureUrl }])

    await gateway.call(`/v1/files/${image}`, { method: 'DELETE' })
    const without = await ask(gateway, [text], { previous_response_id: second })
    expect(without.status).toBe(200)
    expect(without.headers.get('x-weir-losses')).toContain('history[0].content[1].file_id')
    expect(got()[0]?.content).toEqual([text, { type: 'input_text', text: '[An image stood here, which is not there any more.]' }])
    const strict = await ask(gateway, [text], { previous_response_id: second }, { 'x-weir-translation': 'strict' })
    expect(await errorOf(strict)).toMatchObject({ code: 'untranslatable', param: 'history[0].content[1].file_id' })
  })

  test('of an earlier turn that is deleted does not keep the conversation from being made short', async () => {
    await using setting = await open('openai', 'responses')
    const { gateway, upstream } = setting
    const image = await upload(gateway, picture, 'dot.png')
    const first = await idOf(await ask(gateway, [text, { type: 'input_image', file_id: image }]))
    await gateway.call(`/v1/files/${image}`, { method: 'DELETE' })
    const answer = await gateway.call('/v1/responses/compact', { body: { model: 'up/model', previous_response_id: first } })
    expect(answer.status).toBe(200)
    expect(JSON.stringify(upstream.seen.at(-1)?.body['input'])).toContain('[An image stood here')
  })

  test('costs no more tokens than it may show, where nobody counts them', async () => {
    const whole = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm' }
    const choice = { index: 0, message: { role: 'assistant', content: 'Seen.' }, finish_reason: 'stop' }
    await using upstream = await startUpstream((_, response) => json(response, { ...whole, choices: [choice] }))
    await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
    const large = await upload(gateway, Buffer.concat([picture, Buffer.alloc(1_000_000)]), 'dot.png')
    expect((await ask(gateway, [{ type: 'input_image', file_id: large }])).status).toBe(200)
    const [row] = await gateway.ended(1)
    expect(row?.usage?.estimated).toBe(true)
    expect(row?.usage?.input).toBe(765)
  })

  test('of an image has to be one of an image', async () => {
    await using setting = await open('openai', 'responses')
    const { gateway } = setting
    const file = await upload(gateway, paper, 'picture.png', { type: 'image/png' })
    const answer = await ask(gateway, [text, { type: 'input_image', file_id: file }])
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toMatchObject({
      param: 'input[0].content[1].file_id',
      message: expect.stringContaining('application/pdf and not an image'),
    })
  })

  test('counts as often as it is named, earlier turns included, up to the limit', async () => {
    await using setting = await open('openai', 'responses', { attachmentLimit: paper.length * 3 })
    const { gateway } = setting
    const part = { type: 'input_file', file_id: await upload(gateway, paper, 'paper.pdf') }
    expect((await ask(gateway, [part, part, part])).status).toBe(200)
    const once = await idOf(await ask(gateway, [part]))
    expect((await ask(gateway, [part, part], { previous_response_id: once })).status).toBe(200)
    for (const answer of [
      await ask(gateway, [part, part, part, part]),
      await ask(gateway, [part, part, part], { previous_response_id: once }),
    ]) {
      expect(answer.status).toBe(400)
      expect(await errorOf(answer)).toMatchObject({
        code: 'invalid_value',
        message: expect.stringContaining(`${paper.length * 3} bytes`),
      })
    }
  })
})

describe('a file for a target that takes none', () => {
  test('goes as text where it is text, be it a file of ours or in the request', async () => {
    await using setting = await open('ollama', 'chat-completions')
    const { gateway, got } = setting
    const file = await upload(gateway, 'Buy milk.', 'list.md')
    const data = `data:text/plain;base64,${Buffer.from('Söllen').toString('base64')}`
    const answer = await ask(gateway, [
      text,
      { type: 'input_file', file_id: file },
      { type: 'input_file', file_data: data, filename: 'a.txt' },
    ])
    expect(got()[0]?.content).toEqual([
      { type: 'text', text: 'What is it?' },
      { type: 'text', text: 'The file "list.md":\n\nBuy milk.' },
      { type: 'text', text: 'The file "a.txt":\n\nSöllen' },
    ])
    expect(answer.headers.get('x-weir-losses')).toContain('approximated')
  })

  test('is a declared loss otherwise, of which the model is told', async () => {
    await using setting = await open('ollama', 'chat-completions')
    const { gateway, got } = setting
    const file = await upload(gateway, paper, 'paper.pdf')
    const answer = await ask(gateway, [text, { type: 'input_file', file_id: file }])
    expect(answer.headers.get('x-weir-losses')).toContain('input[0].content[1].file_id')
    expect(got()[0]?.content).toEqual([
      { type: 'text', text: 'What is it?' },
      { type: 'text', text: '[The file "paper.pdf" stood here, which this model cannot be given.]' },
    ])
    const strict = await ask(gateway, [text, { type: 'input_file', file_id: file }], {}, { 'x-weir-translation': 'strict' })
    expect(strict.status).toBe(400)
    expect(await errorOf(strict)).toMatchObject({ code: 'untranslatable' })
  })
})

/** A server of pictures and papers, and how often each was asked for. */
async function pictures(answer: (response: ServerResponse, path: string) => void) {
  const asked: string[] = []
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(response, request.url ?? '')
  })
  const origin = await listen(server)
  return {
    origin,
    asked,
    allow: new Set([new URL(origin).host]),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('a URL', () => {
  test('with the data of a file in it is that file, for a target that knows no URLs of files', async () => {
    await using setting = await open('openai', 'chat-completions')
    const { gateway, got } = setting
    const asked = [
      { type: 'input_file', file_url: 'data:text/plain;base64,SGVsbG8=', filename: 'note.txt' },
      { type: 'input_file', file_url: paperUrl, filename: 'paper.pdf' },
    ]
    const answer = await ask(gateway, asked)
    expect(got()[0]?.content).toEqual([
      { type: 'text', text: 'The file "note.txt":\n\nHello' },
      { type: 'file', file: { file_data: paperUrl, filename: 'paper.pdf' } },
    ])
    expect(answer.headers.get('x-weir-losses')).toBe('1; input[0].content[0].file_url approximated')
  })

  test('is passed on, and not fetched, where the target fetches', async () => {
    for (const dialect of ['responses', 'chat-completions'] as const) {
      await using setting = await open('openai', dialect)
      const { gateway, got } = setting
      const url = 'https://pictures.example/dot.png'
      expect((await ask(gateway, [text, { type: 'input_image', image_url: url }])).status).toBe(200)
      expect(JSON.stringify(got()[0]?.content)).toContain(url)
    }
  })

  test('is fetched for a target that fetches nothing, once however often it is named', async () => {
    await using place = await pictures((response) => response.writeHead(200, { 'content-type': 'image/png' }).end(picture))
    await using setting = await open('ollama', 'chat-completions', { fetchAllow: place.allow })
    const { gateway, got } = setting
    const part = { type: 'input_image', image_url: `${place.origin}/dot.png` }
    expect((await ask(gateway, [text, part, part])).status).toBe(200)
    const shown = { type: 'image_url', image_url: { url: pictureUrl } }
    expect(got()[0]?.content).toEqual([{ type: 'text', text: 'What is it?' }, shown, shown])
    expect(place.asked).toEqual(['/dot.png'])
  })

  test('of a file is fetched for a target that speaks chat, which has no word for it', async () => {
    await using place = await pictures((response) => response.end(paper))
    await using setting = await open('openai', 'chat-completions', { fetchAllow: place.allow })
    const { gateway, got } = setting
    expect((await ask(gateway, [text, { type: 'input_file', file_url: `${place.origin}/paper.pdf` }])).status).toBe(200)
    expect(got()[0]?.content).toEqual([
      { type: 'text', text: 'What is it?' },
      { type: 'file', file: { filename: 'paper.pdf', file_data: paperUrl } },
    ])
  })

  test('that Weir may not or cannot fetch is a 400 that names its place', async () => {
    await using place = await pictures((response, path) => {
      if (path === '/page') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')
      response.writeHead(404).end()
    })
    await using setting = await open('ollama', 'chat-completions', { fetchAllow: place.allow, attachmentLimit: 1000 })
    const { gateway, upstream } = setting
    for (const [url, says] of [
      ['http://pictures.example/dot.png', 'only https'],
      ['https://127.0.0.1/dot.png', 'no public address'],
      ['https://[::ffff:169.254.169.254]/latest/meta-data', 'no public address'],
      [`${place.origin}/gone.png`, 'status 404'],
      [`${place.origin}/page`, 'text/html'],
      ['gs://bucket/dot.png', 'only https'],
    ] as const) {
      const answer = await ask(gateway, [text, { type: 'input_image', image_url: url }])
      expect(answer.status).toBe(400)
      expect(await errorOf(answer)).toMatchObject({
        code: 'invalid_value',
        param: 'input[0].content[1].image_url',
        message: expect.stringContaining(says),
      })
    }
    expect(upstream.seen).toEqual([])
  })

  test('of an earlier turn that is gone is a declared loss', async () => {
    let there = true
    await using place = await pictures((response) => (there ? response.end(picture) : response.writeHead(410).end()))
    await using setting = await open('ollama', 'chat-completions', { fetchAllow: place.allow })
    const { gateway, got } = setting
    const first = await idOf(await ask(gateway, [text, { type: 'input_image', image_url: `${place.origin}/signed` }]))
    there = false
    const second = await ask(gateway, [text], { previous_response_id: first })
    expect(second.status).toBe(200)
    expect(second.headers.get('x-weir-losses')).toContain('history[0].content[1].image_url')
    expect(got()[0]?.content).toEqual([
      { type: 'text', text: 'What is it?' },
      { type: 'text', text: '[An image stood here, which is not there any more.]' },
    ])
  })

  test('that leads to more than the limit is refused', async () => {
    await using place = await pictures((response) => response.end(Buffer.concat([picture, Buffer.alloc(2000)])))
    await using setting = await open('ollama', 'chat-completions', { fetchAllow: place.allow, attachmentLimit: 1000 })
    const answer = await ask(setting.gateway, [text, { type: 'input_image', image_url: `${place.origin}/large` }])
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toMatchObject({ message: expect.stringContaining('larger than 1000 bytes') })
  })
})
