import { GatewayError, type Contract, type Handlers, type RecordedUsage, type RequestRecord } from '@weir/contracts'
import { cacheWriteTokens, inputTokens, outputTokens, totalTokens } from '@weir/dialects'
import type { ExchangeRow, UsageColumns } from '../ports/ledger.js'
import type { HandlerContext } from './context.js'

export const requests: Handlers<Contract, HandlerContext>['requests'] = {
  async list({ limit, after, label }, { ports, caller }) {
    const rows = await ports.ledger.list({
      tenant: caller.tenant,
      // Administrators see everyone's; one row more than asked tells whether there are more.
      ...(caller.role !== 'admin' && { subject: caller.subject }),
      limit: limit + 1,
      ...(after !== undefined && { after }),
      ...(label !== undefined && { label }),
    })
    return { object: 'list', data: rows.slice(0, limit).map(recordOf), has_more: rows.length > limit }
  },

  async get({ id }, { ports, caller }) {
    const row = await ports.ledger.get(caller.tenant, id)
    if (!row || (caller.role !== 'admin' && row.owner.subject !== caller.subject))
      throw new GatewayError('not_found', { message: `There is no request "${id.slice(0, 100)}".`, param: 'id' })
    return recordOf(row)
  },
}

/** The sums that every usage shows, and the buckets that they are made of. */
const recordedUsage = (usage: UsageColumns): RecordedUsage => ({
  input_tokens: inputTokens(usage),
  cached_tokens: usage.cacheRead,
  cache_write_tokens: cacheWriteTokens(usage),
  output_tokens: outputTokens(usage),
  reasoning_tokens: usage.reasoning,
  total_tokens: totalTokens(usage),
  buckets: {
    input: usage.input,
    cache_read: usage.cacheRead,
    cache_write: usage.cacheWrite,
    cache_write_hour: usage.cacheWriteHour,
    audio_input: usage.audioInput,
    image_input: usage.imageInput,
    output: usage.output,
    audio_output: usage.audioOutput,
    image_output: usage.imageOutput,
    reasoning: usage.reasoning,
  },
  estimated: usage.estimated,
  provider_total_tokens: usage.providerTotal,
})

const time = (milliseconds: number): string => new Date(milliseconds).toISOString()

function recordOf(row: ExchangeRow): RequestRecord {
  return {
    id: row.id,
    label: row.label,
    subject: row.owner.subject,
    started_at: time(row.startedAt),
    ended_at: time(row.endedAt),
    operation: row.operation,
    dialect: row.dialect,
    lane: row.lane,
    stream: row.stream,
    model: row.model,
    account: row.account,
    upstream_model: row.upstreamModel,
    status: row.status,
    outcome: row.outcome,
    error_code: row.errorCode,
    response_id: row.responseId,
    stored: row.stored,
    usage: row.usage && recordedUsage(row.usage),
    time_to_first_token_ms: row.timeToFirstToken,
    latency_ms: row.latency,
    // The ledger keeps a disposition as text; only `translate` writes it.
    losses: row.losses as RequestRecord['losses'],
    metadata: { ...row.metadata },
    attempts: row.attempts.map((attempt) => ({
      number: attempt.number,
      account: attempt.account,
      model: attempt.model,
      started_at: time(attempt.startedAt),
      latency_ms: attempt.latency,
      status: attempt.status,
      outcome: attempt.outcome,
      failure: attempt.failure,
      upstream_id: attempt.upstreamId,
    })),
  }
}
