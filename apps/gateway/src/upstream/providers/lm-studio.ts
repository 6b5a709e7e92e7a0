import type { Provider } from '../provider.js'

export const lmStudio: Provider = {
  name: 'lm-studio',
  dialects: ['chat-completions'],
  baseURL: 'http://127.0.0.1:1234/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: false },
  environment: { baseURL: 'LM_STUDIO_BASE_URL' },
  operations: { embed: { dialect: 'embeddings', quirks: { textsOnly: true, numbersOnly: true } } },
  quirks: { noUrls: true, noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
}
