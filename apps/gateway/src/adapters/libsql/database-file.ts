import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes the file, if it is not there, and keeps everyone else out of it: 0600, and 0700 for folders that are made. SQLite gives
 * the files beside it the same mode. Answers with the absolute path: libsql takes some relative ones for URLs of a server.
 */
export function prepareFile(file: string): string {
  const path = resolve(file)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
  if (statSync(path).mode & 0o077) chmodSync(path, 0o600)
  return path
}
