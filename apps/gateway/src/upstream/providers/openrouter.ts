import type { Provider } from '../provider.js'

export const openrouter: Provider = {
  name: 'openrouter',
  dialects: ['chat-completions'],
  baseURL: 'https://openrouter.ai/api/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'OPENROUTER_API_KEY' },
  operations: { embed: { dialect: 'embeddings' } },
  quirks: { legacyMaxTokens: true, reasoningField: 'reasoning', webSearch: 'openrouter:web_search' },
  priceList: 'openrouter',
}
