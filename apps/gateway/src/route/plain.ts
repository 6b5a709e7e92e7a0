import { GatewayError } from '@weir/contracts'
import type { Loss, PlainAnswer } from '@weir/dialects'
import { fromUpstream, publicReason } from '../errors.js'
import type { Candidate, GuardedPlain } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import { noteLatestAttempt } from '../trail.js'
import { refuseLosses } from '../translate/strictness.js'
import { send, wireOf } from '../upstream/send.js'
import { inOrder } from './in-order.js'
import { noted } from './noted.js'

export interface RoutedPlain extends GuardedPlain {
  readonly candidate: Candidate
  readonly answer: PlainAnswer
}

/** An attempt at what is no turn of a model, and its answer, whole. Throws what the last attempt met. */
export function routePlain(exchange: GuardedPlain, ports: Pick<Ports, 'transport' | 'clock'>): Promise<RoutedPlain> {
  return inOrder(exchange.candidates, (candidate) => attempt(exchange, candidate, ports))
}

async function attempt(
  exchange: GuardedPlain,
  candidate: Candidate,
  ports: Pick<Ports, 'transport' | 'clock'>,
): Promise<RoutedPlain> {
  const { trail, operation, asked, ingress, signal } = exchange
  const { account, target } = candidate
  trail.account = account.name
  trail.upstreamModel = target.model
  const { dialect, path, quirks } = account.provider.operations?.[operation.ability] ?? {}
  const codec = dialect === undefined ? undefined : operation.upstream[dialect]
  if (!codec)
    throw new GatewayError('unsupported_parameter', {
      message: `model: ${account.name} does not ${operation.ability}.`,
      param: 'model',
    })
  const native = codec.name === ingress.codec.name
  const { body, losses } = codec.request.encode(asked, { model: target.model, ...(quirks && { quirks }) })
  trail.lane = native ? 'native' : 'translated'
  trail.losses = losses satisfies readonly Loss[]
  refuseLosses(exchange, losses)
  const addressed = codec.address(body)
  const sending = {
    ...addressed,
    path: path ?? addressed.path,
    accept: 'application/json',
    native,
    decodeError: codec.error.decode,
  }
  try {
    return await noted(exchange, candidate, ports, async (note) => {
      const wire = await wireOf(await send(exchange, account, sending, ports, note), account)
      // Some servers answer 200 and say there that they failed.
      if ('error' in wire && wire.error) throw fromUpstream(codec.error.decode(200, wire), account.name)
      const answer = codec.response.decode(wire, asked)
      note({ upstreamId: answer.id ?? null })
      return { ...exchange, candidate, answer }
    })
  } catch (error) {
    if (signal.aborted) noteLatestAttempt(trail, { outcome: 'aborted', failure: publicReason(new GatewayError('client_closed')) })
    throw error
  }
}
