import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./putting-process.mjs', import.meta.url))

/** Lets a process put responses into the file, kills it with SIGKILL after so many, and gives the ids whose put had resolved. */
export async function putUntilKilled(file: string, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    if (printed.split('\n').length > count) child.kill('SIGKILL')
  })
  const [, signal] = await once(child, 'close')
  if (signal !== 'SIGKILL') throw new Error('the putting process ended by itself')
  return printed.slice(0, printed.lastIndexOf('\n')).split('\n')
}
