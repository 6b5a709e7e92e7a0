import { median } from './statistics.js'
import type { FigureName, Result } from './rows.js'

/** One line of the budget: a figure, perhaps as a ratio to another subject's of the same round, and what it may be. */
export interface BudgetLine {
  title: string
  row: string
  figure: FigureName
  subject: Result['subject']
  against?: Result['subject']
  /** At most, unless `atLeast`. */
  limit: number
  reach?: number
  atLeast?: boolean
}

/** A budget line with what was measured. */
export interface Verdict extends BudgetLine {
  value: number
  kept: boolean
}

const cpu = { row: 'saturation', figure: 'cpuUs', against: 'floor' } as const
const events = { row: 'streams', figure: 'eventsPerSecond', limit: 0.6, reach: 0.85, atLeast: true } as const
const paced = { row: 'paced', figure: 'eventsPerSecond', atLeast: true } as const

/** The limits that Weir sets itself; ratios are taken within one round of one run. */
const budget: BudgetLine[] = [
  { title: 'native, plain: CPU against the floor', ...cpu, subject: 'native', limit: 1.6, reach: 1.3 },
  { title: 'translated, plain: CPU against the floor', ...cpu, subject: 'translated', limit: 2.2, reach: 1.6 },
  { title: 'native, stored: CPU against the floor', ...cpu, subject: 'native-store', limit: 2.1 },
  peer('native'),
  peer('translated'),
  added('native', 'p50', 0.6, 0.4),
  added('native', 'p99', 5, 3),
  added('translated', 'p50', 0.6, 0.4),
  added('translated', 'p99', 5, 3),
  { title: 'native: stream events/s against bare forwarding', ...events, subject: 'native', against: 'floor' },
  {
    title: 'translated: stream events/s against bare re-serialising',
    ...events,
    subject: 'translated',
    against: 'floor-reserialise',
  },
  firstEvent('native'),
  firstEvent('translated'),
  { title: 'native: paced events delivered, against bare', ...paced, subject: 'native', against: 'floor', limit: 0.8 },
  {
    title: 'translated: paced events delivered, against bare',
    ...paced,
    subject: 'translated',
    against: 'floor-reserialise',
    limit: 0.6,
  },
  { title: 'native: MB with paced streams', row: 'paced', figure: 'rssMb', subject: 'native', limit: 200, reach: 150 },
  { title: 'translated: MB with paced streams', row: 'paced', figure: 'rssMb', subject: 'translated', limit: 200, reach: 150 },
  { title: '100 KB, translated: CPU ms', row: 'conversation', figure: 'cpuMs', subject: 'translated', limit: 1.5, reach: 0.8 },
  { title: 'cold start to ready, ms', row: 'cold-start', figure: 'readyMs', subject: 'weir', limit: 1500, reach: 700 },
]

/** Judges what was measured; lines whose subjects did not run are left out, and one without a figure is not kept. */
export function judge(results: readonly Result[]): Verdict[] {
  return budget.flatMap((line) => {
    const compared = [line.subject, ...(line.against === undefined ? [] : [line.against])]
    if (compared.some((subject) => roundsOf(results, line.row, subject).length === 0)) return []
    const value = valueOf(line, results)
    // NaN is on neither side of a limit.
    return [{ ...line, value, kept: line.atLeast === true ? value >= line.limit : value <= line.limit }]
  })
}

/** The median over rounds of one subject's figure divided by another's in the same round. */
export function ratio(results: readonly Result[], row: string, figure: FigureName, of: string, to: string): number {
  const above = roundsOf(results, row, of)
  const below = roundsOf(results, row, to)
  return median(above.map((figures, round) => (figures[figure] ?? Number.NaN) / (below[round]?.[figure] ?? Number.NaN)))
}

function valueOf(line: BudgetLine, results: readonly Result[]): number {
  if (line.against !== undefined) return ratio(results, line.row, line.figure, line.subject, line.against)
  return median(roundsOf(results, line.row, line.subject).map((figures) => figures[line.figure] ?? Number.NaN))
}

function roundsOf(results: readonly Result[], row: string, subject: string): Result['rounds'] {
  return results.find((result) => result.row === row && result.subject === subject)?.rounds ?? []
}

function peer(subject: 'native' | 'translated'): BudgetLine {
  const title = `${subject}: requests/s against Portkey`
  return { title, row: 'saturation', figure: 'perSecond', subject, against: 'portkey', limit: 8, reach: 12, atLeast: true }
}

function added(subject: 'native' | 'translated', tail: 'p50' | 'p99', limit: number, reach: number): BudgetLine {
  const figure = tail === 'p50' ? 'addedP50Ms' : 'addedP99Ms'
  return { title: `${subject}: ${tail} added at 500/s, ms`, row: 'fixed-rate', figure, subject, limit, reach }
}

function firstEvent(subject: 'native' | 'translated'): BudgetLine {
  const title = `${subject}: added to the first event, ms`
  return { title, row: 'first-event', figure: 'addedP50Ms', subject, limit: 2, reach: 1 }
}
