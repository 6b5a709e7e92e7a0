import { GatewayError } from '@weir/contracts'
import type { PlainAnswer } from '@weir/dialects'
import { fromUpstream, publicReason } from '../errors.js'
import type { Candidate, GuardedPlain } from '../exchange.js'
import type { PlainUpstream } from '../operations/plain.js'
import type { Ports } from '../ports/ports.js'
import type { ByteStream, UpstreamReply } from '../ports/transport.js'
import { noteLatestAttempt } from '../trail.js'
import { refuseLosses } from '../translate/strictness.js'
import { send, wireOf } from '../upstream/send.js'
import { firstBytes } from './first-bytes.js'
import { inOrder } from './in-order.js'
import { noted, type Note } from './noted.js'

export interface RoutedPlain extends GuardedPlain {
  readonly candidate: Candidate
  readonly given: GivenPlain
}

/** An answer as an object, whole; or as bytes, whose first are in hand. */
export type GivenPlain =
  | { readonly form: 'object'; readonly answer: PlainAnswer }
  | { readonly form: 'bytes'; readonly mediaType: string; readonly content: ByteStream }

/** An attempt at what is no turn of a model, and its answer. Throws what the last attempt met. */
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
  const { dialect, path, fromOrigin, quirks } = account.provider.operations?.[operation.ability] ?? {}
  const codec = dialect === undefined ? undefined : operation.upstream[dialect]
  if (!codec)
    throw new GatewayError('unsupported_parameter', {
      message: `model: ${account.name} does not ${operation.ability}.`,
      param: 'model',
    })
  const native = codec.name === ingress.codec.name
  const { body, losses } = codec.request.encode(asked, { model: target.model, ...(quirks && { quirks }) })
  trail.lane = native ? 'native' : 'translated'
  trail.losses = losses
  refuseLosses(exchange, losses)
  const addressed = codec.address(body)
  const accept = 'mediaType' in codec ? '*/*' : 'application/json'
  const at = { path: path ?? addressed.path, fromOrigin: fromOrigin === true }
  const sending = { ...at, body: addressed.body, accept, native, decodeError: codec.error.decode }
  try {
    return await noted(exchange, candidate, ports, async (note) => {
      const given = await read(await send(exchange, account, sending, ports, note), codec, exchange, candidate, note)
      if (given.form === 'bytes') trail.firstContentAt = ports.clock.now()
      return { ...exchange, candidate, given }
    })
  } catch (error) {
    if (signal.aborted) noteLatestAttempt(trail, { outcome: 'aborted', failure: publicReason(new GatewayError('client_closed')) })
    throw error
  }
}

async function read(
  reply: UpstreamReply,
  codec: PlainUpstream,
  { asked }: GuardedPlain,
  { account }: Candidate,
  note: Note,
): Promise<GivenPlain> {
  const said = reply.headers['content-type'] ?? ''
  if ('mediaType' in codec && !/json|html|^text\//i.test(said)) {
    // What a caller's browser may take it for is for its format to say, unless it is a sound.
    const mediaType = /^audio\/[\w.+-]+/i.exec(said)?.[0] ?? codec.mediaType(asked)
    return { form: 'bytes', mediaType, content: await firstBytes(reply.body) }
  }
  const wire = await wireOf(reply, account)
  // Some servers answer 200 and say there that they failed.
  if ('error' in wire && wire.error) throw fromUpstream(codec.error.decode(200, wire), account.name)
  if ('mediaType' in codec)
    throw new GatewayError('upstream_malformed', {
      message: `${account.name}: the provider answered with JSON in the place of bytes.`,
    })
  const answer = codec.response.decode(wire, asked)
  note({ upstreamId: answer.id ?? null })
  return { form: 'object', answer }
}
