import type { Provider } from '../provider.js'

export const cohere: Provider = {
  name: 'cohere',
  dialects: ['chat-completions'],
  baseURL: 'https://api.cohere.ai/compatibility/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'CO_API_KEY' },
  operations: {
    embed: { dialect: 'embeddings', quirks: { textsOnly: true, mostInputs: 96, rejects: ['dimensions', 'user'] } },
    rerank: { dialect: 'rerank', path: '/v2/rerank', fromOrigin: true, quirks: { textsOnly: true } },
  },
  quirks: {
    noFiles: true,
    legacyMaxTokens: true,
    noDeveloperRole: true,
    noStreamUsage: true,
    efforts: ['none', 'high'],
    rejects: ['logit_bias', 'logprobs', 'top_logprobs', 'n', 'parallel_tool_calls'],
  },
  priceList: 'cohere',
}
