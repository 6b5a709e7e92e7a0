import type { Usage } from '@weir/dialects'
import type { ExchangeRow, UsageColumns } from '../ports/ledger.js'
import type { Ports } from '../ports/ports.js'
import type { Trail } from '../trail.js'
import { sum } from './sum.js'
import { clip, clipDetail, clipLosses, clipName, longestName } from './clip.js'

/**
 * Writes down what an exchange was, whatever became of it: one row. A stranger's exchange leaves none, since refused
 * credentials would let anyone fill the ledger.
 */
export function record(trail: Trail, ports: Pick<Ports, 'ledger' | 'clock'>): ExchangeRow | undefined {
  if (!trail.owner) return undefined
  const endedAt = trail.endedAt ?? ports.clock.now()
  const { error } = trail
  const usage = sum(trail.aside, trail.usage)
  const row: ExchangeRow = {
    id: trail.id,
    owner: trail.owner,
    label: trail.label,
    startedAt: trail.startedAt,
    endedAt,
    operation: trail.operation,
    dialect: trail.dialect,
    stream: trail.stream,
    model: clipName(trail.model),
    account: trail.account,
    upstreamModel: clipName(trail.upstreamModel),
    lane: trail.lane,
    status: trail.status,
    outcome: trail.outcome,
    errorCode: error?.code ?? null,
    errorDetail: clipDetail(error?.detail ?? trail.storeFailure ?? null),
    responseId: trail.responseId,
    stored: trail.stored,
    usage: usage ? columnsOf(usage) : null,
    timeToFirstToken: trail.firstContentAt === undefined ? null : trail.firstContentAt - trail.startedAt,
    latency: endedAt - trail.startedAt,
    losses: clipLosses(trail.losses),
    metadata: trail.metadata,
    attempts: trail.attempts.map((attempt) => ({
      ...attempt,
      model: clip(attempt.model, longestName),
      failure: clipDetail(attempt.failure),
      upstreamId: clipName(attempt.upstreamId),
    })),
  }
  ports.ledger.append(row)
  return row
}

const none = { cacheWriteHour: 0, audioInput: 0, imageInput: 0, audioOutput: 0, imageOutput: 0 }

const columnsOf = ({ estimated, providerTotal, ...buckets }: Usage): UsageColumns => ({
  ...none,
  ...buckets,
  estimated: estimated === true,
  providerTotal: providerTotal ?? null,
})
