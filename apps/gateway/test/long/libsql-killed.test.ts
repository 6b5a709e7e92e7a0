import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLibsql } from '../../src/adapters/libsql/libsql.js'
import { putUntilKilled } from '../support/put-until-killed.js'

const writerUrl = new URL('../../dist/adapters/libsql/writer-thread.js', import.meta.url)
const owner = { tenant: 'acme', subject: 'ada' }

test('a file that is killed again and again, keeps every response that was promised', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-libsql-'))
  const file = join(folder, 'weir.db')
  const promised: string[] = []
  try {
    for (let round = 0; round < 25; round++) {
      // A checkpoint comes about every thousand rows.
      promised.push(...(await putUntilKilled(file, 1 + Math.floor(Math.random() * 4_000))))
      const stores = openLibsql({ file, writerUrl })
      const found = await Promise.all(promised.map((id) => stores.responses.get(owner, id)))
      expect(promised.filter((_, index) => found[index] === undefined)).toEqual([])
      await stores.close()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
