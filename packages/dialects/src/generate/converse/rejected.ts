import type { Target } from '../../dialect.js'
import type { Loss } from '../canonical/loss.js'
import { dropped } from '../losses.js'
import type { ConverseRequest, InferenceConfig } from './wire.js'

/** The body without the parameters that this model rejects, each of them a declared loss. `body` is not changed. */
export function withoutRejected(body: ConverseRequest, target: Target, losses: Loss[]): ConverseRequest {
  let left = body
  for (const field of target.quirks?.rejects ?? []) {
    const config = left.inferenceConfig
    if (field in left && field !== 'model' && field !== 'messages') {
      const { [field]: _, ...rest } = left
      // A name on the wire, and never that of the model.
      left = rest as ConverseRequest
    } else if (config && field in config) {
      const { [field as keyof InferenceConfig]: _, ...rest } = config
      left = { ...left, inferenceConfig: rest }
    } else continue
    losses.push(dropped(placeOf(field), `The server rejects ${field}.`))
  }
  return left
}

/** Where a parameter of the wire stands in the canonical request, for the paths of losses. */
const placeOf = (field: string): string => places[field] ?? `extras.converse.${field}`

const places: Readonly<Record<string, string>> = {
  maxTokens: 'sampling.maxOutputTokens',
  temperature: 'sampling.temperature',
  topP: 'sampling.topP',
  stopSequences: 'sampling.stop',
  inferenceConfig: 'sampling',
  toolConfig: 'tools',
  outputConfig: 'format',
  serviceTier: 'serviceTier',
}
