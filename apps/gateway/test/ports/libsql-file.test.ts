import { existsSync } from 'node:fs'
import { chmod, mkdtemp, open as openFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bind } from '../../src/adapters/libsql/bind.js'
import { openConnection } from '../../src/adapters/libsql/connection.js'
import { openLibsql, type LibsqlOptions, type LibsqlStores } from '../../src/adapters/libsql/libsql.js'
import { migrate } from '../../src/adapters/libsql/migrations.js'
import { migrations } from '../../src/adapters/libsql/schema.js'
import type { StoreError } from '../../src/ports/store-error.js'
import { putUntilKilled } from '../support/put-until-killed.js'
import { exchange } from './ledger.suite.js'

const writerUrl = new URL('../../dist/adapters/libsql/writer-thread.js', import.meta.url)
const owner = { tenant: 'acme', subject: 'ada' }
const response = { id: 'resp_a', owner, parent: null, createdAt: 1_700_000_000_123, input: '[]', response: '{}' }
const key = { id: 'key_a', tenant: 'acme', subject: 'ada', role: 'member', hash: 'aa', createdAt: 1 } as const

let folder: string
let file: string
let opened: LibsqlStores[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-libsql-'))
  file = join(folder, 'data', 'weir.db')
  opened = []
})

afterEach(async () => {
  for (const stores of opened) await stores.close()
  await rm(folder, { recursive: true })
})

function open(options: Partial<LibsqlOptions> = {}): LibsqlStores {
  const stores = openLibsql({ file, writerUrl, ...options })
  opened.push(stores)
  return stores
}

test('what was written is there after closing and opening again', async () => {
  const first = open()
  await first.responses.put(response)
  await first.keys.put(key)
  first.ledger.append(exchange('x_a'))
  await first.close()
  const second = open()
  expect(await second.responses.get(owner, 'resp_a')).toEqual(response)
  expect(await second.keys.find('aa')).toEqual(key)
  expect(await second.ledger.get('acme', 'x_a')).toEqual(exchange('x_a'))
})

test('closing commits what waits, leaves no WAL behind, and refuses what comes later', async () => {
  const first = open()
  const puts = Array.from({ length: 200 }, (_, index) => first.responses.put({ ...response, id: `resp_${index}` }))
  await first.responses.get(owner, 'resp_0')
  const closed = first.close()
  await expect(first.responses.put(response)).rejects.toMatchObject({ fault: 'unavailable' })
  await closed
  await Promise.all(puts)
  expect(existsSync(`${file}-wal`) ? (await stat(`${file}-wal`)).size : 0).toBe(0)
  await expect(first.keys.put(key)).rejects.toMatchObject({ fault: 'unavailable' })
  expect(await open().responses.get(owner, 'resp_199')).toBeDefined()
})

test('a database of an older version is brought to the newest and keeps its rows', async () => {
  const old = join(folder, 'old.db')
  const connection = openConnection(old)
  migrate(connection, migrations.slice(0, 1))
  const values = ['resp_a', 'acme', 'ada', null, 1_700_000_000_123, 5, '[]', '{}']
  connection.statement('INSERT INTO responses VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(bind(values))
  connection.close()
  const stores = open({ file: old })
  expect(await stores.responses.get(owner, 'resp_a')).toEqual(response)
  await stores.keys.put(key)
  expect(await stores.keys.count()).toBe(1)
})

test('a row of a ledger that told fewer buckets apart is read with the sums that it had', async () => {
  const old = join(folder, 'old.db')
  const connection = openConnection(old)
  migrate(connection, migrations.slice(0, 12))
  connection.exec(`INSERT INTO exchanges
    (tenant, id, subject, started_at, ended_at, operation, dialect, stream, status, outcome, stored, latency, losses, metadata,
     usage_input, usage_cache_read, usage_cache_write, usage_output, usage_reasoning, usage_estimated)
    VALUES ('acme', 'x_old', 'ada', 1, 2, 'generate', 'responses', 0, 200, 'completed', 1, 1, '[]', '{}', 30, 5, 7, 11, 3, 1)`)
  connection.close()
  const row = await open({ file: old }).ledger.get('acme', 'x_old')
  expect(row?.usage).toEqual({
    input: 30,
    cacheRead: 5,
    cacheWrite: 7,
    cacheWriteHour: 0,
    audioInput: 0,
    imageInput: 0,
    output: 11,
    audioOutput: 0,
    imageOutput: 0,
    reasoning: 3,
    estimated: true,
    providerTotal: null,
  })
})

test('a migration that fails leaves the database as it was', () => {
  const connection = openConnection(':memory:')
  expect(() => migrate(connection, [...migrations, 'CREATE TABLE good (a INTEGER); CREATE TABLE keys (a INTEGER)'])).toThrow(
    /keys/,
  )
  expect(connection.statement('SELECT name FROM sqlite_schema').all(bind([]))).toEqual([])
  migrate(connection)
  expect(connection.statement('PRAGMA user_version').get(bind([]))).toMatchObject({ user_version: migrations.length })
})

test('a newer database is refused in a sentence that says what to do, and not touched', async () => {
  await open().close()
  const connection = openConnection(file)
  connection.exec('PRAGMA user_version = 999')
  connection.close()
  expect(() => open()).toThrow(/version 999.*Start a newer Weir/)
  const again = openConnection(file)
  expect(again.statement('PRAGMA user_version').get(bind([]))).toMatchObject({ user_version: 999 })
  again.close()
})

test('a file that is no database is refused', async () => {
  const wrong = join(folder, 'notes.txt')
  await writeFile(wrong, 'these are notes and no database, '.repeat(100))
  expect(() => open({ file: wrong })).toThrow(/not a database/)
})

/** Writes over the middle of the file, as a disk that fails does. */
async function damage(path: string): Promise<void> {
  const { size } = await stat(path)
  const handle = await openFile(path, 'r+')
  const noise = Buffer.alloc(64 * 1024, 0xff)
  // On a page, and far from the first ones, which say what is in the file.
  await handle.write(noise, 0, noise.length, Math.floor(size / 2 / 4096) * 4096)
  await handle.close()
}

async function withManyResponses(): Promise<string[]> {
  const stores = open()
  const ids = Array.from({ length: 200 }, (_, index) => `resp_${index}`)
  await Promise.all(ids.map((id) => stores.responses.put({ ...response, id, response: 'x'.repeat(3_000) })))
  await stores.close()
  return ids
}

test('a file that is partly damaged is refused as damaged, and not touched', async () => {
  await withManyResponses()
  await damage(file)
  const bytes = await readFile(file)
  expect(() => open()).toThrow(expect.objectContaining({ name: 'StoreError', fault: 'damaged' }))
  expect(bytes.equals(await readFile(file))).toBe(true)
})

test('damage in a file too large to be read through is told of once, when it is met', async () => {
  const ids = await withManyResponses()
  await damage(file)
  const told: StoreError[] = []
  const { responses } = open({ readThroughUpTo: 0, damaged: (error) => told.push(error) })
  const found = await Promise.allSettled(ids.map((id) => responses.get(owner, id)))
  const lost = found.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
  expect(lost.length).toBeGreaterThan(1)
  expect(lost.length).toBeLessThan(200)
  for (const reason of lost) expect(reason).toMatchObject({ fault: 'damaged' })
  expect(told).toHaveLength(1)
})

test('the keys of a file of any size are looked through', async () => {
  const stores = open()
  await Promise.all(
    Array.from({ length: 400 }, (_, index) =>
      stores.keys.put({ ...key, id: `key_${index}`, hash: String(index).padStart(64, '0') }),
    ),
  )
  await stores.close()
  await damage(file)
  expect(() => open({ readThroughUpTo: 0 })).toThrow(expect.objectContaining({ fault: 'damaged' }))
})

test('nobody else may read the files', async () => {
  const stores = open()
  await stores.responses.put(response)
  const modes = await Promise.all(
    [file, `${file}-wal`, join(folder, 'data')].map(async (path) => (await stat(path)).mode & 0o777),
  )
  expect(modes).toEqual([0o600, 0o600, 0o700])
  await stores.close()
  await chmod(file, 0o644)
  open()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a writer thread that dies fails what waits and what comes, and reads go on', async () => {
  await open().responses.put(response)
  const reported: Error[] = []
  const dying = new URL('../support/dying-writer.mjs', import.meta.url)
  const stores = open({ writerUrl: dying, report: (error) => reported.push(error) })
  const puts = Array.from({ length: 20 }, (_, index) => stores.responses.put({ ...response, id: `resp_${index}` }))
  stores.ledger.append(exchange('x_a'))
  for (const { status, ...rest } of await Promise.allSettled(puts)) {
    expect([status, rest]).toMatchObject(['rejected', { reason: { fault: 'unavailable' } }])
  }
  await expect(stores.responses.delete(owner, 'resp_a')).rejects.toMatchObject({ fault: 'unavailable' })
  await expect(stores.ledger.flush()).rejects.toMatchObject({ fault: 'unavailable' })
  expect(reported).toHaveLength(1)
  expect(await stores.responses.get(owner, 'resp_a')).toEqual(response)
})

test('a writer thread that cannot start is a refusal of the first write', async () => {
  const stores = open({ writerUrl: new URL('../support/none.mjs', import.meta.url) })
  await expect(stores.responses.put(response)).rejects.toMatchObject({ fault: 'unavailable' })
})

test('reading a chain marks its responses as used, at most once an hour', async () => {
  let now = 1_700_000_000_123
  const stores = open({ clock: { now: () => now } })
  await stores.responses.put(response)
  await stores.responses.put({ ...response, id: 'resp_b', parent: 'resp_a' })
  await stores.responses.put({ ...response, id: 'resp_c' })
  const reader = openConnection(file)
  const usedAfter = async (milliseconds: number) => {
    now += milliseconds
    await stores.responses.chain(owner, 'resp_b')
    // Writes are committed in order, so the mark is there when this is.
    await stores.responses.delete(owner, 'resp_none')
    return reader
      .statement('SELECT used_at FROM responses ORDER BY id')
      .all(bind([]))
      .map((row) => row['used_at'])
  }
  const created = response.createdAt
  expect(await usedAfter(1_000)).toEqual([created, created, created])
  const later = created + 1_000 + 3_600_000
  expect(await usedAfter(3_600_000)).toEqual([later, later, created])
  expect(await usedAfter(1_000)).toEqual([later, later, created])
  reader.close()
})

test('two stores over one file write at once and see what the other has written', async () => {
  const [left, right] = [open(), open()]
  const put = (stores: LibsqlStores, side: string) =>
    Promise.all(Array.from({ length: 200 }, (_, index) => stores.responses.put({ ...response, id: `${side}_${index}` })))
  await Promise.all([put(left, 'left'), put(right, 'right')])
  expect(await left.responses.get(owner, 'right_199')).toBeDefined()
  expect(await right.responses.get(owner, 'left_199')).toBeDefined()
})

test('the WAL does not grow without end', async () => {
  const stores = open()
  for (let round = 0; round < 40; round++) {
    const puts = Array.from({ length: 10 }, (_, index) =>
      stores.responses.put({ ...response, id: `resp_${round}_${index}`, response: 'x'.repeat(100_000) }),
    )
    await Promise.all(puts)
  }
  expect((await stat(`${file}-wal`)).size).toBeLessThan(16 * 1024 * 1024)
})

test('kill -9 loses nothing that put has resolved for', async () => {
  const ids = await putUntilKilled(file, 1_500)
  expect(ids).toHaveLength(1_500)
  const { responses } = open()
  const found = await Promise.all(ids.map((id) => responses.get(owner, id)))
  expect(ids.filter((_, index) => found[index] === undefined)).toEqual([])
})
