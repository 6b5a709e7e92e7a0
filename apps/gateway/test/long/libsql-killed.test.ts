import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLibsql } from '../../src/adapters/libsql/libsql.js'
import { putUntilKilled } from '../support/put-until-killed.js'

const writerUrl = new URL('../../dist/adapters/libsql/writer-thread.js', import.meta.url)
const owner = { tenant: 'acme', subject: 'ada' }

test('a file that is killed again and again, keeps every response that was promised, and no half of a turn', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-libsql-'))
  const file = join(folder, 'weir.db')
  const promised: string[] = []
  try {
    for (let round = 0; round < 25; round++) {
      // A checkpoint comes about every thousand rows.
      promised.push(...(await putUntilKilled(file, 1 + Math.floor(Math.random() * 1_500))))
      const stores = openLibsql({ file, writerUrl })
      const found = await Promise.all(promised.map((id) => stores.responses.get(owner, id)))
      expect(promised.filter((_, index) => found[index] === undefined)).toEqual([])
      // What a response adds to its conversation is there with it and whole, promised or not, or neither is.
      const items = (await stores.conversations.history(owner, 'conv_killed'))?.items.map(({ id }) => id) ?? []
      const turns = items.filter((_, place) => place % 3 === 0).map((id) => id.split('.')[0] ?? '')
      expect(items).toEqual(turns.flatMap((id) => [0, 1, 2].map((place) => `${id}.${place}`)))
      const known = new Set(turns)
      expect(promised.filter((id) => !known.has(id))).toEqual([])
      const holding = await stores.responses.holding(owner, items)
      expect(items.filter((id) => !id.startsWith(`${holding.get(id)?.id}.`))).toEqual([])
      await stores.close()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
