import { GatewayError } from '@weir/contracts'
import type { Loss } from '@weir/dialects'
import type { Candidate, Guarded, Translated } from '../exchange.js'
import { openCompactions } from '../compaction/open-compactions.js'
import type { UpstreamCodec, UpstreamDialect } from '../operations/operation.js'
import type { Ports } from '../ports/ports.js'
import { canonicalRequest } from './canonical-request.js'
import { chooseLane } from './lane.js'
import type { Prepared } from './native/prepared.js'
import { refuseLosses } from './strictness.js'

/**
 * Makes the turn fit for one candidate and declares what that loses. Throws 400 `untranslatable` for what the target cannot
 * answer at all, and under strict translation for anything that would be dropped. `beforehand`: what was lost already.
 */
export function translate(
  sealed: Guarded,
  candidate: Candidate,
  ports: Pick<Ports, 'seal'>,
  beforehand: readonly Loss[] = [],
): Translated {
  const { lane, dialect } = chooseLane(sealed, candidate)
  const exchange = openCompactions(sealed, lane === 'native' && candidate.account.provider.compacts === true, ports)
  const upstream = exchange.operation.upstream[dialect]
  if (!upstream)
    throw new GatewayError('unsupported_parameter', { message: `${candidate.account.name} does not do this.`, param: 'model' })
  const encoded =
    lane === 'native' && upstream.native
      ? native(exchange, candidate, upstream.codec, upstream.native)
      : translated(exchange, candidate, upstream)
  const losses = [...beforehand, ...encoded.losses]
  refuseLosses(exchange, losses)
  return { candidate, lane, dialect, upstream, ...encoded, losses }
}

function native(
  exchange: Guarded,
  candidate: Candidate,
  codec: UpstreamCodec,
  own: NonNullable<UpstreamDialect['native']>,
): Prepared {
  const prepared = own.body(exchange, candidate)
  const { body, losses } = codec.retarget(prepared.body, candidate.target)
  return { ...prepared, body, losses: [...prepared.losses, ...losses] }
}

function translated(exchange: Guarded, candidate: Candidate, upstream: Translated['upstream']): Prepared {
  const { generation, losses: hidden } = canonicalRequest(exchange, candidate, upstream)
  const encoded = upstream.codec.request.encode(generation, candidate.target)
  return { ...encoded, losses: [...hidden, ...encoded.losses], kept: false, continued: false }
}
