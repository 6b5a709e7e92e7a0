import type { Answered } from '../respond/respond.js'
import { answerHeaders } from '../respond/headers.js'
import type { Kept } from './claim.js'

/**
 * Keeps an answer for whoever repeats its request, before its end leaves. One that failed, was broken off or could not be stored
 * is not worth repeating: its key is free again.
 */
export async function settle(answered: Answered): Promise<void> {
  const { claim } = answered
  if (!claim) return
  const kept = keptAnswer(answered)
  await (kept ? claim.keep(kept) : claim.free())
}

function keptAnswer(answered: Answered): Kept | undefined {
  const { answering, attempt, ingress, generated, trail } = answered
  const { outcome } = generated
  if (trail.storeFailure !== undefined || outcome.status === 'failed') return undefined
  if (outcome.status === 'incomplete' && outcome.reason === 'client_closed') return undefined
  const headers = answerHeaders(answered, attempt, answering.stored)
  if (ingress.stateful) {
    if (answering.stored && trail.responseId !== null) return { headers, form: 'stored', id: trail.responseId }
    return { headers, form: 'response', response: answered.kept().response }
  }
  if (answered.reply) return { headers, form: 'body', body: answered.reply() }
  // On the native lane the caller has read the upstream's own.
  const { id = answering.id, createdAt = answering.createdAt, model = answering.model } = generated
  const { provider, stored } = answering
  return { headers, form: 'events', generated, facts: { id, createdAt, model, provider, stored } }
}
