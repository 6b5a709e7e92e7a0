import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { StartError } from './config.js'
import { StoreError } from './ports/store-error.js'
import { startFault } from './start-fault.js'

const failing = (code: string): Error => Object.assign(new Error(`${code}: raw words`), { code })

test('a fault of the system becomes a sentence with the setting, what it names and what to do', () => {
  const folder = mkdtempSync(`${tmpdir()}/weir-`)
  try {
    readFileSync(folder)
    expect.unreachable()
  } catch (error) {
    const fault = startFault('WEIR_CONFIG', folder, error)
    expect(fault).toBeInstanceOf(StartError)
    expect(fault).toMatchObject({
      message: `WEIR_CONFIG: ${folder}: it is a folder where a file should be; name the file (EISDIR).`,
      cause: error,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each([
  ['EACCES', /this user may not use it/],
  ['ENOSPC', /the disk is full/],
  ['EROFS', /read-only/],
  ['EADDRINUSE', /taken by another process/],
  ['SQLITE_READONLY_DIRECTORY', /can be read and not written/],
])('%s is explained', (code, says) => {
  expect(startFault('WEIR_DATA_DIR', '/data', failing(code))).toMatchObject({ message: expect.stringMatching(says) })
})

test('so is what an adapter wrapped', () => {
  const error = new StoreError('unavailable', 'libsql: full', { cause: failing('SQLITE_FULL') })
  expect(startFault('WEIR_DATA_DIR', '/data', error)).toMatchObject({
    message: 'WEIR_DATA_DIR: /data: the disk is full; make room, or name another place (SQLITE_FULL).',
  })
})

test('anything else stays what it is', () => {
  for (const error of [new Error('a mistake'), failing('ERR_SOMETHING'), new StoreError('unfit', 'newer'), 'text'])
    expect(startFault('WEIR_DATA_DIR', '/data', error)).toBe(error)
})
