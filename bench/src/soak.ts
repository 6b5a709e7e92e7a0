import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Job } from './load.js'
import type { Process } from './processes.js'
import { requestBody, type Ask, type Request } from './requests.js'
import { writeResults } from './report.js'
import type { Stage } from './stage.js'
import { adminKey, startWeir } from './weir.js'

/** What a round of load left behind. */
interface Round {
  name: string
  requests: number
  aborted: number
  errors: number
  heapMb: number
  rssMb: number
  /** Requests that the upstream was still answering, and sockets that it still had open, once it had been given time. */
  answering: number
  sockets: number
}

const settleWithinMs = 60_000
const growthAllowed = 0.1

/**
 * Puts the same load on one gateway twice, streams and plain calls of both lanes with every fifth client leaving early,
 * and compares what the heap holds after each. Returns whether it kept within the limits.
 */
export async function soak(stage: Stage, minutes: number): Promise<boolean> {
  const options = { core: stage.core, nodeOptions: ['--expose-gc'] }
  const { process: gateway, port } = await startWeir(join(stage.folder, 'soak'), stage.upstreamPort, options)
  await using _gateway = gateway
  const rounds: Round[] = []
  // The first round fills pools, caches and compiled code; the two after it are the ones compared.
  for (const [name, share] of [
    ['warm-up', 0.2],
    ['first', 0.4],
    ['second', 0.4],
  ] as const) {
    const round = await runRound(stage, gateway, port, name, minutes * share * 60_000)
    rounds.push(round)
    report(round)
  }
  const [, first, second] = rounds
  if (first === undefined || second === undefined) return false
  const growth = second.heapMb / first.heapMb - 1
  const nothingOpen = rounds.every((round) => round.answering === 0 && round.sockets === 0)
  const kept = Math.abs(growth) <= growthAllowed && nothingOpen
  const sign = growth < 0 ? '' : '+'
  process.stdout.write(
    `heapUsed + external between the rounds: ${sign}${(growth * 100).toFixed(1)} % (limit 10 %); ` +
      `upstream sockets ${nothingOpen ? 'all closed' : 'LEFT OPEN'}: ${kept ? 'kept' : 'MISSED'}\n`,
  )
  process.stdout.write(`Written to ${await writeResults('-soak', { minutes, growth, kept, rounds })}\n`)
  return kept
}

async function runRound(stage: Stage, gateway: Process, port: number, name: string, durationMs: number): Promise<Round> {
  await stage.load('begin', job(port))
  await sleep(durationMs)
  const { requests, aborted, errors } = await stage.load('take')
  await stage.load('stop')
  const { answering, sockets } = await settled(stage)
  return {
    name,
    requests,
    aborted,
    errors,
    answering,
    sockets,
    heapMb: await gateway.heapMb(),
    rssMb: (await gateway.usage()).rssMb,
  }
}

async function settled(stage: Stage): Promise<{ answering: number; sockets: number }> {
  const deadline = performance.now() + settleWithinMs
  let open = await stage.upstream('open')
  while ((open.answering > 0 || open.sockets > 0) && performance.now() < deadline) {
    await sleep(250)
    open = await stage.upstream('open')
  }
  return open
}

function job(port: number): Job {
  const asks: Ask[] = [
    { model: 'paced-50-25', stream: true, store: false },
    { model: 'gpt-bench', stream: false, store: false },
    { model: 'events-300', stream: true, store: false },
    { model: 'paced-50-25', stream: true, store: true },
    { model: 'gpt-bench', stream: false, store: true },
  ]
  const requests = ['native', 'translated'].flatMap((account) => asks.map((ask) => request(account, ask)))
  return { port, requests, connections: 80, rampMs: 500, abortShare: 0.2, abortWithinMs: 400 }
}

function request(account: string, ask: Ask): Request {
  const body = requestBody('responses', { ...ask, model: `${account}/${ask.model}` })
  return { path: '/v1/responses', headers: { authorization: `Bearer ${adminKey}` }, body }
}

function report(round: Round): void {
  const { name, requests, aborted, errors, heapMb, rssMb, answering, sockets } = round
  process.stdout.write(
    `${name}: ${requests} answered, ${aborted} left early, ${errors} errors; heap ${heapMb.toFixed(1)} MB, ` +
      `RSS ${rssMb.toFixed(0)} MB; upstream still answers ${answering}, sockets open ${sockets}\n`,
  )
}
