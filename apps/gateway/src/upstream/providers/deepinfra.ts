import type { Provider } from '../provider.js'

export const deepinfra: Provider = {
  name: 'deepinfra',
  dialects: ['chat-completions'],
  baseURL: 'https://api.deepinfra.com/v1/openai',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'DEEPINFRA_API_KEY' },
  operations: { embed: { dialect: 'embeddings', quirks: { textsOnly: true, numbersOnly: true } } },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
}
