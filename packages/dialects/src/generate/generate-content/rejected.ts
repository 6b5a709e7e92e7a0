import type { generateContent as wire } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import type { Loss } from '../canonical/loss.js'
import { isRecord, type Loose } from '../narrow.js'
import { dropped } from '../losses.js'
import { camelCased } from './fields.js'

/** Where a field of the wire stands in the canonical request, for the paths of losses. */
const places: Readonly<Record<string, string>> = {
  temperature: 'sampling.temperature',
  topP: 'sampling.topP',
  topK: 'sampling.topK',
  maxOutputTokens: 'sampling.maxOutputTokens',
  stopSequences: 'sampling.stop',
  seed: 'sampling.seed',
  presencePenalty: 'sampling.presencePenalty',
  frequencyPenalty: 'sampling.frequencyPenalty',
  responseLogprobs: 'sampling.logprobs',
  logprobs: 'sampling.topLogprobs',
  candidateCount: 'sampling.choices',
  responseMimeType: 'format',
  responseJsonSchema: 'format',
  thinkingConfig: 'reasoning',
  systemInstruction: 'instructions',
  tools: 'tools',
  toolConfig: 'toolChoice',
  serviceTier: 'serviceTier',
}

/** The body without the fields that this server rejects, be it at the top or in the configuration, each of them a declared loss. */
export function withoutRejected(body: wire.GenerateContentRequest, target: Target, losses: Loss[]): wire.GenerateContentRequest {
  const { rejects = [] } = target.quirks ?? {}
  if (rejects.length === 0) return body
  const own: Loose = { ...camelCased({ ...body }) }
  const config = isRecord(own.generationConfig) ? { ...camelCased(own.generationConfig) } : {}
  let less = false
  for (const field of rejects) {
    const within = field in config
    if (field === 'model' || field === 'contents' || (!within && !(field in own))) continue
    delete (within ? config : own)[field]
    less = true
    const place = within ? `extras.generate-content.generationConfig.${field}` : `extras.generate-content.${field}`
    losses.push(dropped(places[field] ?? place, `The server rejects ${field}.`))
  }
  if (!less) return body
  if (Object.keys(config).length > 0) own.generationConfig = config
  else delete own.generationConfig
  // The same body with fields taken out.
  return own as unknown as wire.GenerateContentRequest
}
