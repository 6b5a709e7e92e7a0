import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./putting-process.mjs', import.meta.url))

/** Lets a process put responses into the file, ends it with SIGKILL after so many, and gives the ids whose put had resolved. */
export async function putUntilKilled(file: string, count: number): Promise<string[]> {
  const notes = `${file}.notes`
  const child = spawn(process.execPath, [program, file, notes, String(count)], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [, signal] = await once(child, 'close')
  if (signal !== 'SIGKILL') throw new Error('the putting process ended by itself')
  return (await readFile(notes, 'utf8')).trimEnd().split('\n')
}
