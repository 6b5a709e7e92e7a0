import type { responses } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import type { Encoded, Loss } from '../canonical/loss.js'
import type { Loose } from '../narrow.js'
import { normalize } from './chat-fields.js'
import { dropped } from '../losses.js'
import { dropMessages, parameters, reject } from './parameters.js'

/** The caller's own body for this target: its model's name, without what Responses or this server does not take. */
export function retarget(body: responses.ResponsesRequest, target: Target): Encoded<responses.ResponsesRequest> {
  const losses: Loss[] = []
  const fitted: Loose = { ...normalize(body), model: target.model }
  for (const { wire, path, chat } of parameters) {
    if (chat !== true || !(wire in fitted) || target.quirks?.accepts?.includes(wire)) continue
    if (fitted[wire] !== null) losses.push(dropped(path, `Responses has no ${wire}.`))
    delete fitted[wire]
  }
  dropMessages(fitted, losses)
  reject(fitted, target, losses)
  // The caller's body with fields taken out.
  return { body: fitted as unknown as responses.ResponsesRequest, losses }
}
