import type { Provider } from '../provider.js'

export const cerebras: Provider = {
  name: 'cerebras',
  dialects: ['chat-completions'],
  baseURL: 'https://api.cerebras.ai/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'CEREBRAS_API_KEY' },
  quirks: { noFiles: true, noDeveloperRole: true, rejects: ['frequency_penalty', 'presence_penalty', 'logit_bias'] },
  priceList: 'cerebras',
}
