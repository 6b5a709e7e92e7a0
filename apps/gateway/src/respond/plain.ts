import { GatewayError } from '@weir/contracts'
import type { Usage } from '@weir/dialects'
import type { Ports } from '../ports/ports.js'
import { estimateTexts } from '../record/estimate.js'
import type { GivenPlain, RoutedPlain } from '../route/plain.js'
import { noteLatestAttempt } from '../trail.js'
import { attemptOutcome, publicReason, toGatewayError } from '../errors.js'
import { answerHeaders } from './headers.js'
import type { Outlet } from './outlets/outlet.js'
import { serverTiming } from './whole.js'

/** Writes an answer that is no turn, and notes what it took. Throws 499 where nobody is there to read it, and what broke it off. */
export async function respondPlain(exchange: RoutedPlain, outlet: Outlet, ports: Pick<Ports, 'clock'>): Promise<void> {
  const { trail, given, asked, candidate, operation } = exchange
  const estimate = (): Promise<Usage> => estimateTexts(candidate.target.model, operation.texts(asked))
  try {
    if (given.form === 'bytes') return await carry(exchange, given, outlet)
    trail.usage = given.answer.usage ?? (operation.tellsUsage ? await estimate() : undefined)
    reply(exchange, given, outlet)
  } finally {
    if (!trail.usage) {
      // The caller has its answer, or as much of it as it wanted: counting is no part of the time that it took.
      trail.endedAt = ports.clock.now()
      trail.usage = await estimate()
    }
  }
}

function reply(exchange: RoutedPlain, { answer }: Extract<GivenPlain, { form: 'object' }>, outlet: Outlet): void {
  const { trail, asked, candidate, ingress, signal } = exchange
  if (signal.aborted) throw new GatewayError('client_closed')
  // A language without objects has no operation that gives one.
  if (!('response' in ingress.codec)) throw new GatewayError('server_error')
  const facts = { id: trail.id, model: candidate.target.model, provider: candidate.account.name }
  const body = ingress.codec.response.encode({ ...answer, ...(trail.usage && { usage: trail.usage }) }, asked, facts)
  trail.outcome = 'completed'
  trail.status = 200
  outlet.reply(200, { ...answerHeaders(exchange, exchange, false), 'server-timing': serverTiming(exchange) }, body)
}

/** Bytes go out as they come; where they break off, so does the connection, for no error could be told among them. */
async function carry(
  exchange: RoutedPlain,
  { mediaType, content }: Extract<GivenPlain, { form: 'bytes' }>,
  outlet: Outlet,
): Promise<void> {
  const { trail, signal } = exchange
  if (!outlet.carry) {
    content.destroy()
    throw new GatewayError('unsupported_parameter', { message: 'There is no room for bytes here; ask over HTTP.' })
  }
  try {
    await outlet.carry(
      { ...answerHeaders(exchange, exchange, false), 'content-type': mediaType, 'x-content-type-options': 'nosniff' },
      content,
    )
  } catch (thrown) {
    const error = signal.aborted ? new GatewayError('client_closed', { cause: thrown }) : toGatewayError(thrown)
    noteLatestAttempt(trail, { outcome: signal.aborted ? 'aborted' : attemptOutcome(error), failure: publicReason(error) })
    throw error
  }
  trail.outcome = 'completed'
  trail.status = 200
}
