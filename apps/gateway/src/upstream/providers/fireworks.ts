import type { Provider } from '../provider.js'

export const fireworks: Provider = {
  name: 'fireworks',
  dialects: ['chat-completions'],
  baseURL: 'https://api.fireworks.ai/inference/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'FIREWORKS_API_KEY' },
  operations: { embed: { dialect: 'embeddings', quirks: { textsOnly: true } } },
  quirks: { legacyMaxTokens: true, noDeveloperRole: true, reasoningField: 'reasoning_content' },
  priceList: 'fireworks',
}
