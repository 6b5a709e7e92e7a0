import type { Offer, Provider } from '../provider.js'
import { openaiCompatible } from './openai-compatible.js'
import { vllm } from './vllm.js'

/** A server that answers to these and to no turn. */
const alone = (operations: { readonly embed?: Offer; readonly rerank?: Offer }): Provider => ({
  ...openaiCompatible,
  operations,
  // The keys of the record are abilities by its type.
  abilitiesOf: () => Object.keys(operations) as (keyof typeof operations)[],
})

/** Servers of the operator's own, each with a model. What an account says holds for those of its models that do not say otherwise. */
export const selfHostedModel: Provider = {
  ...openaiCompatible,
  name: 'self-hosted-model',
  servers: {
    'vllm-openai': vllm,
    'openai-compatible': openaiCompatible,
    'cohere-rerank-v2': alone({ rerank: { dialect: 'rerank', path: '/v2/rerank' } }),
    infinity: alone({ embed: { dialect: 'embeddings' }, rerank: { dialect: 'rerank', quirks: { textsOnly: true } } }),
    tei: alone({ embed: { dialect: 'embeddings', path: '/v1/embeddings' } }),
  },
}
