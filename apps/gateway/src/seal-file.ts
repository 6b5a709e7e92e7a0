// The key of an installation that was given none.
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { leastSealKey, StartError } from './config.js'
import { startFault } from './start-fault.js'

/**
 * The key in `seal.key` of the data folder, made at the first start with access for its owner alone. Throws a `StartError` that
 * names the file where it cannot be read or written, or holds no key.
 */
export function keyFromFile(dataDir: string): string {
  const file = join(dataDir, 'seal.key')
  try {
    const key = readKey(file) ?? makeKey(dataDir, file)
    if (key.length >= leastSealKey) return key
  } catch (error) {
    const fault = startFault('The seal key (for want of WEIR_SEAL_KEY)', file, error)
    if (fault instanceof StartError) throw fault
    throw new StartError(`The seal key ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`)
  }
  throw new StartError(`The seal key ${file} is too short: it needs ${leastSealKey} characters or more. Put it back as it was.`)
}

function readKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (isFault(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Whole or not there, whoever dies or starts at the same time: it is written beside its place, and linked there if that is free. */
function makeKey(dataDir: string, file: string): string {
  mkdirSync(dataDir, { recursive: true })
  const key = randomBytes(32).toString('base64url')
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  const opened = openSync(draft, 'wx', 0o600)
  try {
    writeSync(opened, `${key}\n`)
    fsyncSync(opened)
    linkSync(draft, file)
    return key
  } catch (error) {
    if (!isFault(error, 'EEXIST')) throw error
    return readFileSync(file, 'utf8').trim()
  } finally {
    closeSync(opened)
    rmSync(draft, { force: true })
  }
}

const isFault = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code
