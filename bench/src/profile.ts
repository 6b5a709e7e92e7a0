import { readFile, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'

interface CpuProfile {
  nodes: { id: number; callFrame: CallFrame; children?: number[] }[]
  samples: number[]
  timeDeltas: number[]
}

interface CallFrame {
  functionName: string
  url: string
  lineNumber: number
}

/** A thread that worked less than this is left out of a summary, in microseconds. */
const leastWork = 500_000

/** The node options that make a process leave its CPU profile in a folder when it ends. */
export function profileOptions(folder: string): string[] {
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`]
}

/** Where the time went in each profile under a folder, one for each thread that worked, as text. */
export async function profileSummary(folder: string, top = 25): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.cpuprofile'))
  const parts = await Promise.all(files.map((file) => summary(join(folder, file), top)))
  return parts.join('\n')
}

async function summary(file: string, top: number): Promise<string> {
  const profile = JSON.parse(await readFile(file, 'utf8')) as CpuProfile
  const own = new Map<number, number>()
  profile.samples.forEach((id, index) => own.set(id, (own.get(id) ?? 0) + (profile.timeDeltas[index] ?? 0)))
  const byFunction = new Map<string, number>()
  const byPlace = new Map<string, number>()
  for (const { id, callFrame } of profile.nodes) {
    if (callFrame.functionName === '(idle)' || callFrame.functionName === '(root)') continue
    add(byFunction, nameOf(callFrame), own.get(id) ?? 0)
    add(byPlace, placeOf(callFrame), own.get(id) ?? 0)
  }
  const total = [...byFunction.values()].reduce((sum, time) => sum + time, 0)
  if (total < leastWork) return ''
  const list = (title: string, times: Map<string, number>): string => `  ${title}\n${shares(times, total, top)}`
  return [
    `${basename(file)}: ${(total / 1e6).toFixed(1)} s of work`,
    list('time of its own, by function', byFunction),
    list('time of its own, by place', byPlace),
    list('with all that it called, our functions', inclusive(profile, own)),
  ].join('\n')
}

// A function that calls itself is counted once, at the outermost call.
function inclusive(profile: CpuProfile, own: Map<number, number>): Map<string, number> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const totals = new Map<string, number>()
  const visit = (id: number, callers: ReadonlySet<string>): number => {
    const node = nodes.get(id)
    if (node === undefined) return 0
    const name = nameOf(node.callFrame)
    const inside = new Set([...callers, name])
    const time = (node.children ?? []).reduce((sum, child) => sum + visit(child, inside), own.get(id) ?? 0)
    if (!callers.has(name) && /^(apps|packages|bench)\//.test(placeOf(node.callFrame))) add(totals, name, time)
    return time
  }
  const [root] = profile.nodes
  if (root !== undefined) visit(root.id, new Set())
  return totals
}

function shares(times: Map<string, number>, total: number, top: number): string {
  return [...times]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, top)
    .map(([name, time]) => `  ${((time / total) * 100).toFixed(1).padStart(5)} %  ${name}`)
    .join('\n')
}

function add(times: Map<string, number>, name: string, time: number): void {
  times.set(name, (times.get(name) ?? 0) + time)
}

function nameOf(frame: CallFrame): string {
  const name = frame.functionName === '' ? '(anonymous)' : frame.functionName
  return frame.url === '' ? name : `${name} ${shortUrl(frame.url)}:${frame.lineNumber + 1}`
}

/** A package, a folder of ours, or what V8 calls it. */
function placeOf(frame: CallFrame): string {
  if (frame.url === '') return frame.functionName.startsWith('(') ? frame.functionName : 'native code'
  const [first = '', second = '', ...rest] = shortUrl(frame.url).split('/')
  if (first.startsWith('node:')) return `${first}/${second}`
  if (first.startsWith('@')) return `${first}/${second}`
  return first === 'apps' || first === 'packages' || first === 'bench' ? [first, second, ...rest.slice(1, 2)].join('/') : first
}

function shortUrl(url: string): string {
  return url.replace(/^.*\/node_modules\//, '').replace(/^file:.*?\/(apps|packages|bench)\/([^/]+\/(?:dist|src))\//, '$1/$2/')
}
