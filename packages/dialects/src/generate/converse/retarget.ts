import type { Target } from '../../dialect.js'
import type { Encoded, Loss } from '../canonical/loss.js'
import { withoutRejected } from './rejected.js'
import type { ConverseRequest } from './wire.js'

/** The caller's own body for this target: what the model rejects is taken out, all else stays as it came. */
export function retarget(body: ConverseRequest, target: Target): Encoded<ConverseRequest> {
  const losses: Loss[] = []
  return { body: withoutRejected({ ...body, model: target.model }, target, losses), losses }
}
