import type { Provider } from '../provider.js'

export const sambanova: Provider = {
  name: 'sambanova',
  dialects: ['chat-completions'],
  baseURL: 'https://api.sambanova.ai/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'SAMBANOVA_API_KEY' },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
}
