import { join } from 'node:path'
import type { Job } from './load.js'
import { measure, type Measured, type Window } from './measure.js'
import { profileOptions } from './profile.js'
import type { Ask } from './requests.js'
import type { Stage } from './stage.js'
import { rotated } from './statistics.js'
import { startSubject, type Subject, type SubjectName } from './subjects.js'
import { startWeir } from './weir.js'

/** Every figure that a row may give. Times are in the unit that the name ends in. */
export type FigureName =
  | 'perSecond'
  | 'cpuUs'
  | 'cpuMs'
  | 'core'
  | 'p50Ms'
  | 'p99Ms'
  | 'addedP50Ms'
  | 'addedP99Ms'
  | 'eventsPerSecond'
  | 'cpuUsPerEvent'
  | 'delivered'
  | 'rssMb'
  | 'readyMs'
  | 'errors'

/** One subject's figures in one round. */
export type Figures = Partial<Record<FigureName, number>>

/** All rounds of one subject in one row. */
export interface Result {
  row: string
  subject: SubjectName | 'weir'
  rounds: Figures[]
}

/** How much to measure. */
export interface Plan {
  rounds: number
  window: Window
  /** Load put on each fresh subject before its first round, for its code to become hot. */
  heatMs: number
  pacedStreams: number
  pacedWindow: Window
}

/** A row of the bench: the same load on several subjects in turn. */
export interface Row {
  name: string
  title: string
  subjects: SubjectName[]
  /** Rounds, where the plan's are too many for what it costs. */
  rounds?: number
  job(subject: Subject, plan: Plan): Omit<Job, 'port'>
  window?(plan: Plan): Window
  figures(measured: Measured, direct: Measured | undefined, plan: Plan): Figures
}

const plain: Ask = { model: 'gpt-bench', stream: false }
const pace = 20
const fixedRate = 500
const deltasUnpaced = 500
const gateways: SubjectName[] = ['native', 'translated']
const everyDialect: SubjectName[] = [
  'native',
  'translated',
  'translated-messages',
  'translated-generate-content',
  'translated-converse',
]

/** The rows in the order in which they run. */
export const rows: Row[] = [
  {
    name: 'saturation',
    title: 'Plain answers of 1 KB, as many as it can (64 connections)',
    subjects: ['direct', 'floor', ...gateways, 'native-store', 'translated-store', 'portkey'],
    job: (subject) => ({ connections: 64, requests: [subject.request(plain)] }),
    figures: (measured) => ({
      perSecond: perSecond(measured, measured.requests),
      cpuUs: (measured.cpuMs * 1000) / measured.requests,
      core: measured.coreShare,
      p50Ms: measured.latency.p50,
      p99Ms: measured.latency.p99,
      rssMb: measured.peakRssMb,
      errors: measured.errors,
    }),
  },
  {
    name: 'fixed-rate',
    title: `Plain answers at ${fixedRate} a second, open loop`,
    subjects: ['direct', 'floor', ...gateways, 'native-store', 'translated-store', 'portkey'],
    job: (subject) => ({ connections: 16, rate: fixedRate, requests: [subject.request(plain)] }),
    figures: (measured, direct) => ({
      perSecond: perSecond(measured, measured.requests),
      p50Ms: measured.latency.p50,
      p99Ms: measured.latency.p99,
      addedP50Ms: held(measured) ? measured.latency.p50 - (direct?.latency.p50 ?? Number.NaN) : Number.NaN,
      addedP99Ms: held(measured) ? measured.latency.p99 - (direct?.latency.p99 ?? Number.NaN) : Number.NaN,
      cpuUs: (measured.cpuMs * 1000) / measured.requests,
      errors: measured.errors,
    }),
  },
  {
    name: 'streams',
    title: `Streams of ${deltasUnpaced} events as fast as they are taken (32 connections)`,
    subjects: ['direct', 'floor', 'floor-reserialise', ...gateways, 'portkey'],
    job: (subject) => ({ connections: 32, requests: [subject.request({ model: `events-${deltasUnpaced}`, stream: true })] }),
    figures: (measured) => ({
      eventsPerSecond: perSecond(measured, measured.events),
      cpuUsPerEvent: (measured.cpuMs * 1000) / measured.events,
      core: measured.coreShare,
      rssMb: measured.peakRssMb,
      errors: measured.errors,
    }),
  },
  {
    name: 'dialects',
    title: 'Plain answers of 1 KB, from upstreams of each dialect (64 connections)',
    subjects: ['direct', 'floor', ...everyDialect],
    job: (subject) => ({ connections: 64, requests: [subject.request(plain)] }),
    figures: (measured) => ({
      perSecond: perSecond(measured, measured.requests),
      cpuUs: (measured.cpuMs * 1000) / measured.requests,
      core: measured.coreShare,
      p50Ms: measured.latency.p50,
      errors: measured.errors,
    }),
  },
  {
    name: 'dialect-streams',
    title: `Streams of ${deltasUnpaced} events from upstreams of each dialect (32 connections)`,
    subjects: ['direct', 'floor', 'floor-reserialise', ...everyDialect],
    job: (subject) => ({ connections: 32, requests: [subject.request({ model: `events-${deltasUnpaced}`, stream: true })] }),
    figures: (measured) => ({
      eventsPerSecond: perSecond(measured, measured.events),
      cpuUsPerEvent: (measured.cpuMs * 1000) / measured.events,
      core: measured.coreShare,
      errors: measured.errors,
    }),
  },
  {
    name: 'paced',
    title: `Many streams at once, ${pace} events a second each`,
    subjects: ['direct', 'floor', 'floor-reserialise', ...gateways, 'portkey'],
    rounds: 1,
    job: pacedJob,
    window: (plan) => plan.pacedWindow,
    figures: (measured, _direct, plan) => ({
      eventsPerSecond: perSecond(measured, measured.events),
      delivered: perSecond(measured, measured.events) / (plan.pacedStreams * pace),
      cpuUsPerEvent: (measured.cpuMs * 1000) / measured.events,
      core: measured.coreShare,
      rssMb: measured.peakRssMb,
      errors: measured.errors,
    }),
  },
  {
    name: 'first-event',
    title: 'Time to the first event of a stream, one at a time, warm',
    subjects: ['direct', 'floor', ...gateways, 'portkey'],
    job: (subject) => ({ connections: 1, requests: [subject.request({ model: 'paced-200-3', stream: true })] }),
    figures: (measured, direct) => ({
      p50Ms: measured.first.p50,
      p99Ms: measured.first.p99,
      addedP50Ms: measured.first.p50 - (direct?.first.p50 ?? Number.NaN),
      errors: measured.errors,
    }),
  },
  {
    name: 'conversation',
    title: 'A conversation of 100 KB, plain answer (8 connections)',
    subjects: ['direct', 'floor', ...gateways],
    job: (subject) => ({ connections: 8, requests: [subject.request({ ...plain, conversationBytes: 100_000 })] }),
    figures: (measured) => ({
      perSecond: perSecond(measured, measured.requests),
      cpuMs: measured.cpuMs / measured.requests,
      core: measured.coreShare,
      rssMb: measured.peakRssMb,
      errors: measured.errors,
    }),
  },
]

/** Runs a row: fresh subjects, heated, then rounds that begin with another subject each time. */
export async function runRow(
  row: Row,
  subjects: readonly SubjectName[],
  stage: Stage,
  plan: Plan,
  options: RunOptions,
): Promise<Result[]> {
  const started: Subject[] = []
  try {
    for (const name of subjects)
      started.push(await startSubject(name, stage, options.portkeyFolder, profiled(row, name, options)))
    for (const subject of started)
      await measure(stage, subject, heat(row.job(subject, plan)), { warmMs: plan.heatMs, windowMs: 1 })
    const results = started.map((subject): Result => ({ row: row.name, subject: subject.name, rounds: [] }))
    for (let round = 0; round < Math.min(plan.rounds, row.rounds ?? plan.rounds); round++) {
      const measured = new Map<SubjectName, Measured>()
      for (const subject of rotated(started, round)) {
        measured.set(subject.name, await measure(stage, subject, row.job(subject, plan), row.window?.(plan) ?? plan.window))
      }
      for (const result of results) {
        const own = result.subject === 'weir' ? undefined : measured.get(result.subject)
        if (own) result.rounds.push(row.figures(own, measured.get('direct'), plan))
      }
    }
    return results
  } finally {
    await Promise.all(started.map((subject) => subject.process?.stop()))
  }
}

/** Starts the built gateway anew, several times, until it is ready; nothing else runs meanwhile. */
export async function runColdStart(stage: Stage, plan: Plan): Promise<Result> {
  const rounds: Figures[] = []
  for (let round = 0; round < plan.rounds + 1; round++) {
    const options = { core: stage.core, probe: false }
    const { process, readyMs } = await startWeir(join(stage.folder, `cold-${round}`), stage.upstreamPort, options)
    rounds.push({ readyMs, rssMb: (await process.usage()).rssMb })
    await process.stop()
  }
  return { row: 'cold-start', subject: 'weir', rounds }
}

/** What a run gives its subjects beyond the row. */
export interface RunOptions {
  portkeyFolder: string
  /** Where to leave CPU profiles, a folder for each row and subject; without it none are taken. */
  profiles: string | undefined
}

function profiled(row: Row, name: SubjectName, { profiles }: RunOptions): string[] {
  return profiles === undefined ? [] : profileOptions(join(profiles, row.name, name))
}

// A stream that lasts a minute heats nothing that a second of short ones does not.
function heat(job: Omit<Job, 'port'>): Omit<Job, 'port'> {
  return { ...job, connections: Math.min(job.connections, 64) }
}

function perSecond(measured: Measured, count: number): number {
  return (count * 1000) / measured.elapsedMs
}

// Who falls behind the rate has a backlog, and no latency to speak of.
function held(measured: Measured): boolean {
  return perSecond(measured, measured.requests) > 0.95 * fixedRate
}

function pacedJob(subject: Subject, plan: Plan): Omit<Job, 'port'> {
  const { warmMs, windowMs } = plan.pacedWindow
  // Longer than the row, so that no stream ends in it.
  const deltas = Math.ceil(((warmMs + windowMs) / 1000 + 10) * pace)
  const request = subject.request({ model: `paced-${pace}-${deltas}`, stream: true })
  return { connections: plan.pacedStreams, rampMs: warmMs / 2, requests: [request] }
}
