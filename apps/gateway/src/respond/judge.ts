import { GatewayError } from '@weir/contracts'
import type { Outcome } from '@weir/dialects'
import { attemptOutcome, fromUpstream, publicReason } from '../errors.js'
import type { Routed } from '../route/route.js'
import { noteLatestAttempt, type Trail } from '../trail.js'

/**
 * Notes what became of the attempt after its first content: whoever left or broke off, it has not succeeded. `broke`: what went
 * wrong in the gateway itself.
 */
export function judge({ trail, attempt, signal }: Routed, outcome: Outcome, broke?: GatewayError): void {
  const latency = latencyOf(trail)
  if (signal.aborted)
    return noteLatestAttempt(trail, { outcome: 'aborted', failure: publicReason(new GatewayError('client_closed')), latency })
  if (outcome.status !== 'failed') return noteLatestAttempt(trail, { latency })
  trail.error = broke ?? fromUpstream(outcome.failure, attempt.candidate.account.name)
  noteLatestAttempt(trail, { outcome: attemptOutcome(trail.error), failure: publicReason(trail.error), latency })
}

function latencyOf({ attempts }: Trail): number {
  const latest = attempts.at(-1)
  return latest ? Date.now() - latest.startedAt : 0
}
