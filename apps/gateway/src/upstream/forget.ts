// What an upstream keeps of a response goes with the response.
import { GatewayError } from '@weir/contracts'
import type { Configuration } from '../configuration.js'
import { fromUpstream, publicReason, toGatewayError } from '../errors.js'
import type { AttemptRow, ExchangeRow } from '../ports/ledger.js'
import type { Owner } from '../ports/owner.js'
import type { Ports } from '../ports/ports.js'
import type { UpstreamRequest } from '../ports/transport.js'
import type { KeptUpstream } from '../remember/stored-form.js'
import { authorized } from './authorized.js'

/** How long an upstream may take to forget. Milliseconds. */
const patience = 5_000

export interface Forgotten {
  /** The id of the exchange that its row is to have. */
  readonly id: string
  readonly owner: Owner
  readonly responseId: string
  readonly kept: KeptUpstream
  readonly configuration: Configuration
}

/**
 * Asks the upstream to delete what it keeps of a response, and writes down what it said: one row of the ledger, as an exchange of
 * the operation `delete`. Never throws, and takes no longer than a few seconds: the gateway's own is gone whatever comes.
 */
export async function forget(forgotten: Forgotten, ports: Pick<Ports, 'transport' | 'clock' | 'ledger'>): Promise<void> {
  const startedAt = ports.clock.now()
  const told = await ask(forgotten, ports)
  const latency = ports.clock.now() - startedAt
  ports.ledger.append(rowOf(forgotten, { ...told, startedAt, latency }))
}

type Told = Pick<AttemptRow, 'status' | 'outcome' | 'failure'>

async function ask({ kept, configuration }: Forgotten, ports: Pick<Ports, 'transport' | 'clock'>): Promise<Told> {
  const account = configuration.accounts.get(kept.account)
  if (!account) return { status: null, outcome: 'failed', failure: `There is no account "${kept.account}" any more.` }
  const impatient = new AbortController()
  const timer = setTimeout(() => impatient.abort(), patience)
  try {
    const request: UpstreamRequest = {
      method: 'DELETE',
      url: `${account.baseURL}/responses/${encodeURIComponent(kept.id)}`,
      headers: { accept: 'application/json', 'user-agent': 'weir' },
      signal: impatient.signal,
      headTimeout: patience,
      idleTimeout: patience,
    }
    const { status, body } = await ports.transport.send(await authorized(account, request, ports))
    body.destroy()
    // What is not there any more is deleted as well.
    if ((status >= 200 && status < 300) || status === 404) return { status, outcome: 'succeeded', failure: null }
    const failure = fromUpstream({ kind: 'failed', message: `The provider answered ${status}.`, status }, account.name)
    return { status, outcome: 'failed', failure: publicReason(failure) }
  } catch (thrown) {
    const error = impatient.signal.aborted ? new GatewayError('upstream_timeout') : toGatewayError(thrown)
    return { status: null, outcome: 'failed', failure: publicReason(error) }
  } finally {
    clearTimeout(timer)
  }
}

function rowOf(
  { id: exchange, owner, responseId, kept }: Forgotten,
  attempt: Told & Pick<AttemptRow, 'startedAt' | 'latency'>,
): ExchangeRow {
  const { account, model, id } = kept
  const failed = attempt.outcome !== 'succeeded'
  return {
    id: exchange,
    owner,
    label: null,
    startedAt: attempt.startedAt,
    endedAt: attempt.startedAt + attempt.latency,
    operation: 'delete',
    dialect: 'responses',
    stream: false,
    model: `${account}/${model}`,
    account,
    upstreamModel: model,
    lane: 'native',
    status: 200,
    outcome: failed ? 'failed' : 'completed',
    errorCode: failed ? 'upstream_error' : null,
    errorDetail: null,
    responseId,
    stored: false,
    usage: null,
    timeToFirstToken: null,
    latency: attempt.latency,
    losses: [],
    metadata: {},
    attempts: [{ ...attempt, number: 1, account, model, upstreamId: id }],
  }
}
