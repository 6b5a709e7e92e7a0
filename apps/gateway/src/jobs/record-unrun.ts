import { GatewayError, type responses as wire } from '@weir/contracts'
import { responses } from '@weir/dialects'
import { label, labels } from '../ingress/labels.js'
import { generate } from '../operations/generate.js'
import type { Observe } from '../observe/observe.js'
import type { Job } from '../ports/jobs.js'
import type { Ports } from '../ports/ports.js'
import { estimate } from '../record/estimate.js'
import { record } from '../record/record.js'
import { trail, type Trail } from '../trail.js'
import { readJobRequest } from './job-request.js'

/**
 * Puts a background call on record that no run has: it was cancelled or deleted before one, or its run died. What that took is
 * estimated. `response`: as it ended; `undefined` where it is gone.
 */
export async function recordUnrun(
  job: Job,
  response: wire.ResponseObject | undefined,
  ports: Pick<Ports, 'ledger' | 'clock'>,
  observe: Observe,
): Promise<void> {
  const { exchange, startedAt, stream, headers, body } = readJobRequest(job.request)
  const head = { headers }
  const cancelled = response?.status !== 'failed'
  const error = new GatewayError(cancelled ? 'client_closed' : 'server_error', response?.error ?? {})
  const facts: Trail = {
    ...trail(exchange, generate.name, 'responses', startedAt),
    label: label(head),
    owner: job.owner,
    model: body.model,
    stream,
    metadata: labels(head),
    responseId: job.id,
    stored: response !== undefined,
    // That of a stream that broke: the caller was answered long ago.
    status: cancelled ? error.status : 200,
    outcome: cancelled ? 'client_closed' : 'failed',
    error,
    ...(job.ran &&
      response && {
        account: response.provider ?? null,
        upstreamModel: response.model,
        usage: await estimate({
          model: response.model,
          asked: () => responses.request.decode(body),
          answer: responses.response.decode(response).items,
        }),
      }),
  }
  observe(facts, record(facts, ports))
}
