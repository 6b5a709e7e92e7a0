import type { AttemptRow, ExchangeRow, UsageColumns } from '../../ports/ledger.js'
import type { Bindable } from './bind.js'
import { flag, number, numberOrNull, text, textOrNull, type Row } from './row.js'
import { change, type Write } from './writer.js'

const exchangeColumns = [
  ...['tenant', 'id', 'subject', 'label', 'started_at', 'ended_at', 'operation', 'dialect', 'stream', 'model', 'account'],
  ...['upstream_model', 'lane', 'status', 'outcome', 'error_code', 'error_detail', 'response_id', 'stored', 'usage_input'],
  ...['usage_cache_read', 'usage_cache_write', 'usage_output', 'usage_reasoning', 'usage_estimated', 'time_to_first_token'],
  ...['latency', 'losses', 'metadata'],
]

const attemptColumns = [
  ...['tenant', 'exchange', 'number', 'account', 'model', 'started_at', 'latency', 'status', 'outcome', 'failure', 'upstream_id'],
]

const insertExchange = insert('exchanges', exchangeColumns)
const insertAttempt = insert('attempts', attemptColumns)

/** An exchange and its attempts, written together. What is there already stays as it is. */
export function exchangeWrite(row: ExchangeRow): Write {
  return [
    change(insertExchange, exchangeValues(row)),
    ...row.attempts.map((attempt) => change(insertAttempt, attemptValues(row, attempt))),
  ]
}

export function exchangeRow(row: Row, attempts: readonly AttemptRow[]): ExchangeRow {
  return {
    id: text(row, 'id'),
    owner: { tenant: text(row, 'tenant'), subject: text(row, 'subject') },
    label: textOrNull(row, 'label'),
    startedAt: number(row, 'started_at'),
    endedAt: number(row, 'ended_at'),
    operation: text(row, 'operation'),
    dialect: text(row, 'dialect'),
    stream: flag(row, 'stream'),
    model: textOrNull(row, 'model'),
    account: textOrNull(row, 'account'),
    upstreamModel: textOrNull(row, 'upstream_model'),
    // These two, and the JSON below, were written by `exchangeWrite` alone.
    lane: textOrNull(row, 'lane') as ExchangeRow['lane'],
    status: number(row, 'status'),
    outcome: text(row, 'outcome') as ExchangeRow['outcome'],
    errorCode: textOrNull(row, 'error_code'),
    errorDetail: textOrNull(row, 'error_detail'),
    responseId: textOrNull(row, 'response_id'),
    stored: flag(row, 'stored'),
    usage: usageColumns(row),
    timeToFirstToken: numberOrNull(row, 'time_to_first_token'),
    latency: number(row, 'latency'),
    losses: JSON.parse(text(row, 'losses')) as ExchangeRow['losses'],
    metadata: JSON.parse(text(row, 'metadata')) as ExchangeRow['metadata'],
    attempts,
  }
}

export function attemptRow(row: Row): AttemptRow {
  return {
    number: number(row, 'number'),
    account: text(row, 'account'),
    model: text(row, 'model'),
    startedAt: number(row, 'started_at'),
    latency: number(row, 'latency'),
    status: numberOrNull(row, 'status'),
    // Written by `exchangeWrite` alone.
    outcome: text(row, 'outcome') as AttemptRow['outcome'],
    failure: textOrNull(row, 'failure'),
    upstreamId: textOrNull(row, 'upstream_id'),
  }
}

function insert(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`
}

function exchangeValues(row: ExchangeRow): Bindable[] {
  const { owner, usage } = row
  return [
    ...[owner.tenant, row.id, owner.subject, row.label, Math.floor(row.startedAt), Math.floor(row.endedAt)],
    ...[row.operation, row.dialect, Number(row.stream), row.model, row.account, row.upstreamModel, row.lane, row.status],
    ...[row.outcome, row.errorCode, row.errorDetail, row.responseId, Number(row.stored), ...usageValues(usage)],
    ...[row.timeToFirstToken, row.latency, JSON.stringify(row.losses), JSON.stringify(row.metadata)],
  ]
}

function usageValues(usage: UsageColumns | null): Bindable[] {
  if (!usage) return [null, null, null, null, null, null]
  return [usage.input, usage.cacheRead, usage.cacheWrite, usage.output, usage.reasoning, Number(usage.estimated)]
}

function usageColumns(row: Row): UsageColumns | null {
  if (row['usage_input'] === null) return null
  return {
    input: number(row, 'usage_input'),
    cacheRead: number(row, 'usage_cache_read'),
    cacheWrite: number(row, 'usage_cache_write'),
    output: number(row, 'usage_output'),
    reasoning: number(row, 'usage_reasoning'),
    estimated: flag(row, 'usage_estimated'),
  }
}

function attemptValues({ id, owner }: ExchangeRow, attempt: AttemptRow): Bindable[] {
  return [
    ...[owner.tenant, id, attempt.number, attempt.account, attempt.model, Math.floor(attempt.startedAt), attempt.latency],
    ...[attempt.status, attempt.outcome, attempt.failure, attempt.upstreamId],
  ]
}
