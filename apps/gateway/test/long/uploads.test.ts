import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { adminKey, folder, startMeasured, startProcess } from '../support/process.js'
import { formType, note, partOf, purpose } from '../support/form.js'

const megabyte = 1024 * 1024

/** A form with a file of so many megabytes, no two of them alike, made as it is sent; `ended` never comes where it breaks off. */
function form(megabytes: number, whole: boolean) {
  const hash = createHash('sha256')
  const opening = partOf(purpose) + partOf({ ...note, content: '' }).slice(0, -2)
  let sent = -1
  const body = new ReadableStream({
    pull(controller) {
      sent++
      if (sent === 0) return controller.enqueue(Buffer.from(opening))
      if (sent <= megabytes) {
        const chunk = Buffer.alloc(megabyte, `${sent} megabytes `)
        hash.update(chunk)
        return controller.enqueue(chunk)
      }
      if (!whole) return new Promise<void>(() => {})
      controller.enqueue(Buffer.from('\r\n--the-boundary--\r\n'))
      controller.close()
      return undefined
    },
  })
  return { body, hash: () => hash.digest('hex') }
}

const post = (url: string, body: ReadableStream, signal?: AbortSignal): Promise<Response> =>
  fetch(`${url}/v1/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': formType },
    body,
    duplex: 'half',
    ...(signal && { signal }),
  } as RequestInit)

/** The most that a process ever held in memory, in bytes, where the system tells. */
const peakOf = (pid: number): number => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

test(
  'an upload of 300 MB, and its way back, take no more memory than a small one',
  { skip: process.platform !== 'linux' },
  async () => {
    await using place = await folder()
    await using gateway = await startMeasured({ WEIR_DATA_DIR: place.path })
    expect((await post(gateway.url, form(1, true).body)).status).toBe(200)
    const held = await gateway.holds()
    const peak = peakOf(gateway.pid)

    const large = form(300, true)
    const answer = await post(gateway.url, large.body)
    expect(answer.status).toBe(200)
    const { id, bytes } = (await answer.json()) as { id: string; bytes: number }
    expect(bytes).toBe(300 * megabyte)

    const hash = createHash('sha256')
    for await (const chunk of (await gateway.call(`/v1/files/${id}/content`)).body ?? []) hash.update(chunk)
    expect(hash.digest('hex')).toBe(large.hash())
    expect((await gateway.holds()) - held).toBeLessThan(16 * megabyte)
    expect(peakOf(gateway.pid) - peak).toBeLessThan(100 * megabyte)
  },
)

test('an upload that a kill cuts off leaves nothing once the gateway has started again', async () => {
  await using place = await folder()
  const blobs = join(place.path, 'blobs')
  const filesOf = async (): Promise<string[]> => {
    const entries = await readdir(blobs, { recursive: true, withFileTypes: true }).catch(() => [])
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  }
  await using first = await startProcess({ WEIR_DATA_DIR: place.path })
  expect((await post(first.url, form(1, true).body)).status).toBe(200)
  const before = await filesOf()
  const cut = post(first.url, form(8, false).body).catch(() => 'cut')
  while ((await filesOf()).length === before.length) await new Promise((resolve) => setTimeout(resolve, 10))
  first.kill('SIGKILL')
  await first.ended
  expect(await cut).toBe('cut')
  expect(await filesOf()).toHaveLength(before.length + 1)
  await using again = await startProcess({ WEIR_DATA_DIR: place.path })
  expect(await filesOf()).toEqual(before)
  const { data } = (await (await again.call('/v1/files')).json()) as { data: { id: string }[] }
  expect(data).toHaveLength(1)
  expect((await again.call(`/v1/files/${data[0]?.id}/content`)).status).toBe(200)
})
