import type { messages } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import type { Encoded, Loss } from '../canonical/loss.js'
import { withoutRejected } from './request-encode.js'

/** The caller's own body for this target: its model's name, without what the server rejects. All else stays as it came. */
export function retarget(body: messages.MessagesRequest, target: Target): Encoded<messages.MessagesRequest> {
  const losses: Loss[] = []
  return { body: withoutRejected({ ...body, model: target.model }, target, losses), losses }
}
