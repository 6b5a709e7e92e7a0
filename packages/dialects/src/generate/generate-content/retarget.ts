import type { generateContent as wire } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import type { Encoded, Loss } from '../canonical/loss.js'
import { withoutRejected } from './rejected.js'

/** The caller's own body for this target: its model's name, without what the server rejects. All else stays as it came. */
export function retarget(body: wire.GenerateContentRequest, target: Target): Encoded<wire.GenerateContentRequest> {
  const losses: Loss[] = []
  return { body: withoutRejected({ ...body, model: target.model }, target, losses), losses }
}
