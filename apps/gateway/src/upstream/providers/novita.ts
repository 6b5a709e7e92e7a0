import type { Provider } from '../provider.js'

export const novita: Provider = {
  name: 'novita',
  dialects: ['chat-completions'],
  baseURL: 'https://api.novita.ai/openai/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'NOVITA_API_KEY' },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
  priceList: 'novita',
}
