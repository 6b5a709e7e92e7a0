import type { Provider } from '../provider.js'
import { openaiCompatible } from './openai-compatible.js'
import { vllm } from './vllm.js'

/** Servers of the operator's own, each with a model. What an account says holds for those of its models that do not say otherwise. */
export const selfHostedModel: Provider = {
  ...openaiCompatible,
  name: 'self-hosted-model',
  servers: { 'vllm-openai': vllm, 'openai-compatible': openaiCompatible },
}
