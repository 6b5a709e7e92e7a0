import type { Provider } from '../provider.js'

export const togetherAi: Provider = {
  name: 'together-ai',
  dialects: ['chat-completions'],
  baseURL: 'https://api.together.xyz/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'TOGETHER_API_KEY' },
  operations: {
    embed: { dialect: 'embeddings', quirks: { textsOnly: true, numbersOnly: true } },
    rerank: { dialect: 'rerank' },
    speak: { dialect: 'speech' },
  },
  quirks: { legacyMaxTokens: true, noDeveloperRole: true },
  priceList: 'together',
}
