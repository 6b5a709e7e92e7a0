import type { Provider } from '../provider.js'

export const nebius: Provider = {
  name: 'nebius',
  dialects: ['chat-completions'],
  baseURL: 'https://api.tokenfactory.nebius.com/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'NEBIUS_API_KEY' },
  operations: { embed: { dialect: 'embeddings', quirks: { textsOnly: true, numbersOnly: true } } },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
}
