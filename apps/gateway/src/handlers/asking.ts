// How a handler reaches what only the journey knows: in the caller's name, under the id of the call that it serves.
import type { DialectName } from '@weir/dialects'
import type { Recalled, Received } from '../exchange.js'
import { receive } from '../ingress/receive.js'
import * as journey from '../journey.js'
import type { TurnOperation } from '../operations/operation.js'
import type { Answered } from '../respond/respond.js'
import type { HandlerContext } from './context.js'

/** What such a request would give a model to read. Nothing is asked of anyone, and nothing is on record. */
export const survey = (
  operation: TurnOperation,
  body: object,
  context: HandlerContext,
  dialect: DialectName = 'responses',
): Promise<Recalled> => journey.survey(received(operation, body, context, dialect), context.ports)

/** Has such a request answered, on record as this operation. Once for each call. Throws the `GatewayError` of one that failed. */
export function ask<Read>(
  operation: TurnOperation,
  body: object,
  read: (answered: Answered) => Read,
  context: HandlerContext,
): Promise<Read> {
  return journey.ask(received(operation, body, context, 'responses'), read, context.ports, context.observe)
}

function received(operation: TurnOperation, body: object, context: HandlerContext, dialect: DialectName): Received {
  const { requestId: id, head, signal, configuration, ports } = context
  return receive({ id, operation, dialect, head, signal, configuration, readBody: () => Promise.resolve(body) }, ports)
}
