import type { Provider } from '../provider.js'

export const mistralAi: Provider = {
  name: 'mistral-ai',
  dialects: ['chat-completions'],
  baseURL: 'https://api.mistral.ai/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'MISTRAL_API_KEY' },
  operations: {
    moderate: { dialect: 'moderations', quirks: { textsOnly: true } },
    embed: { dialect: 'embeddings', quirks: { textsOnly: true, dimensionsField: 'output_dimension', rejects: ['user'] } },
  },
  quirks: {
    legacyMaxTokens: true,
    noDeveloperRole: true,
    noStreamUsage: true,
    rejects: ['logit_bias', 'logprobs', 'top_logprobs', 'user', 'reasoning_effort'],
  },
  priceList: 'mistral',
}
