import { StartError } from './config.js'

/** What the codes of the system, of Node and of SQLite mean to whoever starts the gateway, and what mends it. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: 'this user may not use it; give it to the user that runs Weir, or name another',
  EPERM: 'this user may not use it; give it to the user that runs Weir, or name another',
  EROFS: 'it is on a file system that is read-only; name another place',
  ENOSPC: 'the disk is full; make room, or name another place',
  EDQUOT: 'the quota of this user is used up; make room, or name another place',
  ENOENT: 'it does not exist',
  EISDIR: 'it is a folder where a file should be; name the file',
  ENOTDIR: 'a part of the path is a file where a folder should be; name another place',
  EEXIST: 'it is a file where a folder should be; name another place',
  EMFILE: 'this process may open no more files; raise its limit',
  EADDRINUSE: 'it is taken by another process; end that, or choose another',
  EADDRNOTAVAIL: 'it is no address of this machine; choose one that is',
  ENOTFOUND: 'it is no address of this machine; choose one that is',
  SQLITE_FULL: 'the disk is full; make room, or name another place',
  SQLITE_READONLY: 'it can be read and not written; give it to the user that runs Weir',
  SQLITE_CANTOPEN: 'it cannot be opened; see who owns the folder and the files in it',
  SQLITE_BUSY: 'another process holds it and does not let go; end that first',
}

/**
 * The error with which a start ends because what a setting names cannot be used: in a sentence with the setting, what it names
 * and what to do. Anything that is not a fault of the system or of a disk is given back as it is.
 */
export function startFault(setting: string, named: string, error: unknown): unknown {
  const code = codeOf(error) ?? codeOf(error instanceof Error ? error.cause : undefined)
  if (code === undefined) return error
  const meaning = meanings[code] ?? Object.entries(meanings).find(([known]) => code.startsWith(`${known}_`))?.[1]
  return meaning === undefined ? error : new StartError(`${setting}: ${named}: ${meaning} (${code}).`, { cause: error })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
