import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[]
  samples: number[]
  timeDeltas: number[]
}

/** The node options that make a process leave its CPU profile in a folder when it ends. */
export function profileOptions(folder: string): string[] {
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`]
}

/** The functions with most time of their own in each profile under a folder, as text. */
export async function profileSummary(folder: string, top = 25): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.cpuprofile'))
  const parts = await Promise.all(files.map((file) => summary(join(folder, file), top)))
  return parts.join('\n')
}

async function summary(file: string, top: number): Promise<string> {
  const profile = JSON.parse(await readFile(file, 'utf8')) as CpuProfile
  const names = new Map(profile.nodes.map((node) => [node.id, nameOf(node.callFrame)]))
  const own = new Map<string, number>()
  profile.samples.forEach((sample, index) => {
    const name = names.get(sample) ?? '?'
    own.set(name, (own.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0))
  })
  own.delete('(idle)')
  const total = [...own.values()].reduce((sum, time) => sum + time, 0)
  const lines = [...own]
    .sort((a, b) => b[1] - a[1])
    .slice(0, top)
    .map(([name, time]) => `  ${((time / total) * 100).toFixed(1).padStart(5)} %  ${name}`)
  return `${file}: ${(total / 1e6).toFixed(1)} s of work\n${lines.join('\n')}\n`
}

function nameOf(frame: { functionName: string; url: string; lineNumber: number }): string {
  const place = frame.url.replace(/^.*\/node_modules\//, '').replace(/^file:.*\/(packages|apps|bench)\//, '$1/')
  return `${frame.functionName === '' ? '(anonymous)' : frame.functionName} ${place === '' ? '' : `${place}:${frame.lineNumber + 1}`}`
}
