import type { Provider } from '../provider.js'

export const ai21: Provider = {
  name: 'ai21',
  dialects: ['chat-completions'],
  baseURL: 'https://api.ai21.com/studio/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'AI21_API_KEY' },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
}
