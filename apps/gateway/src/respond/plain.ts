import { GatewayError } from '@weir/contracts'
import type { Usage } from '@weir/dialects'
import type { Ports } from '../ports/ports.js'
import { estimateTexts } from '../record/estimate.js'
import type { RoutedPlain } from '../route/plain.js'
import { answerHeaders } from './headers.js'
import type { Outlet } from './outlets/outlet.js'
import { serverTiming } from './whole.js'

/** Writes an answer that is no turn, in one piece, and notes what it took. Throws 499 where nobody is there to read it. */
export async function respondPlain(exchange: RoutedPlain, outlet: Outlet, ports: Pick<Ports, 'clock'>): Promise<void> {
  const { trail, answer, asked, candidate, ingress, operation, signal } = exchange
  const { account, target } = candidate
  const estimate = (): Promise<Usage> => estimateTexts(target.model, operation.texts(asked))
  trail.usage = answer.usage ?? (operation.tellsUsage ? await estimate() : undefined)
  if (signal.aborted) throw new GatewayError('client_closed')
  const facts = { id: trail.id, model: target.model, provider: account.name }
  const body = ingress.codec.response.encode({ ...answer, ...(trail.usage && { usage: trail.usage }) }, asked, facts)
  trail.outcome = 'completed'
  trail.status = 200
  outlet.reply(200, { ...answerHeaders(exchange, exchange, false), 'server-timing': serverTiming(exchange) }, body)
  if (trail.usage) return
  // The caller has its answer: counting is no part of the time that it took.
  trail.endedAt = ports.clock.now()
  trail.usage = await estimate()
}
