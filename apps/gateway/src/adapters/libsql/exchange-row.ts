import type { AttemptRow, ExchangeRow, UsageColumns } from '../../ports/ledger.js'
import { rowList } from './bind.js'
import { flag, number, numberOrNull, text, textOrNull, type Row } from './row.js'
import { change, type Change, type Write } from './writer.js'

/** What each column holds. */
type Columns<Source> = Readonly<Record<string, (source: Source) => string | number | null>>

const exchangeColumns: Columns<ExchangeRow> = {
  tenant: (row) => row.owner.tenant,
  id: (row) => row.id,
  subject: (row) => row.owner.subject,
  label: (row) => row.label,
  started_at: (row) => Math.floor(row.startedAt),
  ended_at: (row) => Math.floor(row.endedAt),
  operation: (row) => row.operation,
  dialect: (row) => row.dialect,
  stream: (row) => Number(row.stream),
  model: (row) => row.model,
  account: (row) => row.account,
  upstream_model: (row) => row.upstreamModel,
  lane: (row) => row.lane,
  status: (row) => row.status,
  outcome: (row) => row.outcome,
  error_code: (row) => row.errorCode,
  error_detail: (row) => row.errorDetail,
  response_id: (row) => row.responseId,
  stored: (row) => Number(row.stored),
  usage_input: (row) => row.usage?.input ?? null,
  usage_cache_read: (row) => row.usage?.cacheRead ?? null,
  usage_cache_write: (row) => row.usage?.cacheWrite ?? null,
  usage_cache_write_hour: (row) => row.usage?.cacheWriteHour ?? null,
  usage_audio_input: (row) => row.usage?.audioInput ?? null,
  usage_image_input: (row) => row.usage?.imageInput ?? null,
  usage_output: (row) => row.usage?.output ?? null,
  usage_audio_output: (row) => row.usage?.audioOutput ?? null,
  usage_image_output: (row) => row.usage?.imageOutput ?? null,
  usage_reasoning: (row) => row.usage?.reasoning ?? null,
  usage_provider_total: (row) => row.usage?.providerTotal ?? null,
  usage_estimated: (row) => (row.usage ? Number(row.usage.estimated) : null),
  time_to_first_token: (row) => row.timeToFirstToken,
  latency: (row) => row.latency,
  losses: (row) => JSON.stringify(row.losses),
  metadata: (row) => JSON.stringify(row.metadata),
}

interface AttemptOf {
  readonly exchange: ExchangeRow
  readonly attempt: AttemptRow
}

const attemptColumns: Columns<AttemptOf> = {
  tenant: ({ exchange }) => exchange.owner.tenant,
  exchange: ({ exchange }) => exchange.id,
  number: ({ attempt }) => attempt.number,
  account: ({ attempt }) => attempt.account,
  model: ({ attempt }) => attempt.model,
  started_at: ({ attempt }) => Math.floor(attempt.startedAt),
  latency: ({ attempt }) => attempt.latency,
  status: ({ attempt }) => attempt.status,
  outcome: ({ attempt }) => attempt.outcome,
  failure: ({ attempt }) => attempt.failure,
  upstream_id: ({ attempt }) => attempt.upstreamId,
}

const insertExchanges = insertInto('exchanges', exchangeColumns)
const insertAttempts = insertInto('attempts', attemptColumns)

/** Exchanges and their attempts, written together. What is there already stays as it is. */
export function exchangesWrite(exchanges: readonly ExchangeRow[]): Write {
  const attempts = exchanges.flatMap((exchange) => exchange.attempts.map((attempt) => ({ exchange, attempt })))
  return attempts.length > 0 ? [insertExchanges(exchanges), insertAttempts(attempts)] : [insertExchanges(exchanges)]
}

function insertInto<Source>(table: string, columns: Columns<Source>): (sources: readonly Source[]) => Change {
  const names = Object.keys(columns)
  const reads = Object.values(columns)
  const values = names.map((_, place) => `json_extract(value, '$[${place}]')`)
  // Without the WHERE, SQLite takes the ON for that of a join.
  const sql = `INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.join(', ')} FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`
  return (sources) => change(sql, [rowList(sources.map((source) => reads.map((read) => read(source))))])
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
    // These two, and the JSON below, were written by `exchangesWrite` alone.
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
    // Written by `exchangesWrite` alone.
    outcome: text(row, 'outcome') as AttemptRow['outcome'],
    failure: textOrNull(row, 'failure'),
    upstreamId: textOrNull(row, 'upstream_id'),
  }
}

function usageColumns(row: Row): UsageColumns | null {
  if (row['usage_input'] === null) return null
  return {
    input: number(row, 'usage_input'),
    cacheRead: number(row, 'usage_cache_read'),
    cacheWrite: number(row, 'usage_cache_write'),
    // Rows of an older Weir have none of these five: what they would hold is in their neighbours.
    cacheWriteHour: numberOrNull(row, 'usage_cache_write_hour') ?? 0,
    audioInput: numberOrNull(row, 'usage_audio_input') ?? 0,
    imageInput: numberOrNull(row, 'usage_image_input') ?? 0,
    output: number(row, 'usage_output'),
    audioOutput: numberOrNull(row, 'usage_audio_output') ?? 0,
    imageOutput: numberOrNull(row, 'usage_image_output') ?? 0,
    reasoning: number(row, 'usage_reasoning'),
    estimated: flag(row, 'usage_estimated'),
    providerTotal: numberOrNull(row, 'usage_provider_total'),
  }
}
