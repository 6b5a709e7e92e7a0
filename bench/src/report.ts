import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { judge, ratio } from './budget.js'
import type { FigureName, Result } from './rows.js'
import { median } from './statistics.js'

const headings: Record<FigureName, string> = {
  perSecond: 'req/s',
  cpuUs: 'CPU µs/req',
  cpuMs: 'CPU ms/req',
  core: 'core %',
  p50Ms: 'p50 ms',
  p99Ms: 'p99 ms',
  addedP50Ms: '+p50 ms',
  addedP99Ms: '+p99 ms',
  eventsPerSecond: 'events/s',
  cpuUsPerEvent: 'CPU µs/event',
  delivered: 'delivered %',
  rssMb: 'RSS MB',
  readyMs: 'ready ms',
  errors: 'errors',
}

/** The figure of a row that the ratio to the floor is taken of. */
const ratioOf: Record<string, FigureName> = {
  saturation: 'cpuUs',
  'fixed-rate': 'cpuUs',
  streams: 'eventsPerSecond',
  dialects: 'cpuUs',
  'dialect-streams': 'eventsPerSecond',
  paced: 'eventsPerSecond',
  'first-event': 'p50Ms',
  conversation: 'cpuMs',
}

/** The table of one row: medians over its rounds, and a ratio to the matching floor. */
export function rowTable(title: string, results: readonly Result[]): string {
  const [sample] = results
  const first = sample?.rounds[0]
  if (sample === undefined || first === undefined) return `${title}\n  nothing was measured\n`
  const figures = Object.keys(headings).filter((name): name is FigureName => name in first)
  const key = ratioOf[sample.row]
  const against = key === undefined ? [] : [`${headings[key].replace(' ms', '')} ÷ floor`]
  const lines = results.map((result) => [
    result.subject,
    ...figures.map((figure) => written(figure, median(result.rounds.map((round) => round[figure] ?? Number.NaN)))),
    ...(key === undefined ? [] : [times(ratio(results, sample.row, key, result.subject, floorOf(result, results)))]),
  ])
  return `${title}\n${aligned([['', ...figures.map((figure) => headings[figure]), ...against], ...lines])}`
}

/** The budget beside what was measured, for every line that could be judged. */
export function budgetTable(results: readonly Result[]): string {
  const lines = judge(results).map((verdict) => {
    const sign = verdict.atLeast === true ? '≥' : '≤'
    const unit = verdict.against === undefined ? '' : '×'
    const reach = verdict.reach === undefined ? '' : `${sign} ${verdict.reach}${unit}`
    return [
      verdict.title,
      `${short(verdict.value)}${unit}`,
      `${sign} ${verdict.limit}${unit}`,
      reach,
      verdict.kept ? 'kept' : 'MISSED',
    ]
  })
  return lines.length === 0 ? '' : `Budget\n${aligned([['', 'measured', 'budget', 'reach for', ''], ...lines])}`
}

/** Writes a run as JSON to bench/results/ and returns the file. */
export async function writeResults(name: string, content: object): Promise<string> {
  const file = `${resultsFile(name)}.json`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(content, undefined, 2)}\n`)
  return file
}

/** A name in bench/results/ that begins with the time of day. */
export function resultsFile(name: string): string {
  const date = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  return fileURLToPath(new URL(`../results/${date}${name}`, import.meta.url))
}

function floorOf(result: Result, results: readonly Result[]): string {
  const reserialised = result.subject.startsWith('translated') || result.subject === 'portkey'
  const there = results.some((each) => each.subject === 'floor-reserialise')
  return reserialised && there ? 'floor-reserialise' : 'floor'
}

function written(figure: FigureName, value: number): string {
  if (figure === 'core' || figure === 'delivered') return Number.isFinite(value) ? String(Math.round(value * 100)) : '–'
  return short(value)
}

function times(value: number): string {
  return Number.isFinite(value) && value > 0 ? `${short(value)}×` : '–'
}

function short(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toFixed(2)))
}

function aligned(table: string[][]): string {
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? []
  const line = (cells: string[]): string =>
    `  ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}\n`
  return table.map(line).join('')
}
