import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { type Face, pairs, pathOf, question, speech, type StoredWire, textOf, told } from '../support/faces.js'
import { startGateway } from '../support/gateway.js'
import { json, startUpstream } from '../support/upstream.js'

const pieces = ['Grüße ', 'an 世界', ' – 👩‍🚀', '!']

/** Ways to write the same stream. */
const framings: readonly {
  readonly what: string
  readonly write: (stream: string, response: ServerResponse) => Promise<void> | void
}[] = [
  { what: 'CRLF', write: (stream, response) => void response.end(stream.replaceAll('\n', '\r\n')) },
  { what: 'CR alone', write: (stream, response) => void response.end(stream.replaceAll('\n', '\r')) },
  {
    what: 'CRLF, each half in its own chunk',
    write: (stream, response) => inChunks(Buffer.from(stream.replaceAll('\n', '\r\n')), 61, response),
  },
  {
    what: 'no space after the colon',
    write: (stream, response) => void response.end(stream.replaceAll(/^(data|event): /gm, '$1:')),
  },
  { what: 'characters cut in two between chunks', write: (stream, response) => inChunks(Buffer.from(stream), 7, response) },
  {
    what: 'comments and blank lines in between',
    write: (stream, response) => void response.end(`: hello\n\n\n${stream.replaceAll('\n\n', '\n\n: ping\n\n\n')}`),
  },
  { what: 'no [DONE]', write: (stream, response) => void response.end(stream.replace('data: [DONE]\n\n', '')) },
  {
    what: 'a [DONE] after all',
    write: (stream, response) => void response.end(stream.replace('data: [DONE]\n\n', '') + 'data: [DONE]\n\n'),
  },
  { what: 'no blank line at the end', write: (stream, response) => void response.end(stream.trimEnd()) },
  { what: 'empty data lines', write: (stream, response) => void response.end(stream.replaceAll('\n\n', '\n\ndata:\n\n')) },
  {
    what: 'a space on either side of a colon',
    write: (stream, response) => void response.end(stream.replaceAll(/"(response|item)":/g, '"$1" : ')),
  },
  {
    what: 'no sequence numbers',
    write: (stream, response) => void response.end(stream.replaceAll(/,"sequence_number":\d+/g, '')),
  },
  { what: 'no event lines', write: (stream, response) => void response.end(stream.replaceAll(/^event: .*\n/gm, '')) },
  { what: 'a connection that stays open after the end', write: (stream, response) => void response.write(stream) },
  {
    what: 'a connection that is cut after the end',
    write: (stream, response) => void response.write(stream, () => response.destroy()),
  },
]

async function inChunks(bytes: Buffer, size: number, response: ServerResponse): Promise<void> {
  for (let from = 0; from < bytes.length; from += size)
    await new Promise<void>((resolve) => response.write(bytes.subarray(from, from + size), () => resolve()))
  response.end()
}

for (const { ingress, spoken } of pairs) {
  for (const { what, write } of framings) {
    test(`${ingress} caller, ${spoken} upstream: a stream with ${what} is read to its end, and kept as it was read`, async () => {
      await using upstream = await startUpstream((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        return write(whole(spoken), response)
      })
      await using gateway = await startGateway({
        accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: spoken } },
      })
      const response = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
      const read = told(await response.text())
      expect(read.text).toBe(pieces.join(''))
      expect(read.done).toBe(true)

      const id = response.headers.get('x-weir-response-id')
      const stored = (await (await gateway.call(`/v1/responses/${id}`)).json()) as StoredWire
      expect(stored).toMatchObject({ id, status: 'completed', error: null })
      expect(textOf(stored)).toBe(pieces.join(''))
      if (ingress === 'responses') {
        expect(read.events.map(({ sequence_number }) => sequence_number)).toEqual(read.events.map((_, place) => place))
        expect(read.events.at(-1)).toMatchObject({ type: 'response.completed', response: stored })
        expect(read.events.at(-1)?.response).toEqual(stored)
      }
      expect(await gateway.ended(1)).toMatchObject([
        { outcome: 'completed', status: 200, usage: { input: 3, output: 5 }, attempts: [{ outcome: 'succeeded' }] },
      ])
    })
  }
}

for (const { ingress, spoken } of pairs) {
  test(`${ingress} caller, ${spoken} upstream: a whole answer to one who asked for a stream is streamed all the same`, async () => {
    await using upstream = await startUpstream((_, response) => json(response, speech(spoken, pieces).whole))
    await using gateway = await startGateway({
      accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: spoken } },
    })
    const response = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const read = told(await response.text())
    expect(read).toMatchObject({ text: pieces.join(''), done: true })
    const answer = await gateway.call(`/v1/responses/${response.headers.get('x-weir-response-id')}`)
    const stored = (await answer.json()) as StoredWire
    expect(textOf(stored)).toBe(pieces.join(''))
    if (ingress === 'responses') expect(read.events.at(-1)?.response).toEqual(stored)
  })

  for (const type of ['text/plain', 'TEXT/EVENT-STREAM; charset=utf-8', undefined]) {
    test(`${ingress} caller, ${spoken} upstream: a stream whose content type is ${type ?? 'not said'} is read as one`, async () => {
      await using upstream = await startUpstream((_, response) => {
        response.writeHead(200, type === undefined ? {} : { 'content-type': type })
        response.end(whole(spoken))
      })
      await using gateway = await startGateway({
        accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: spoken } },
      })
      const response = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
      expect(told(await response.text())).toMatchObject({ text: pieces.join(''), done: true })
    })
  }
}

function whole(face: Face): string {
  const { opening, deltas, closing } = speech(face, pieces)
  return opening + deltas.join('') + closing
}
