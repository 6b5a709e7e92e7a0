import type { Provider } from '../provider.js'

export const baseten: Provider = {
  name: 'baseten',
  dialects: ['chat-completions'],
  baseURL: 'https://inference.baseten.co/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'BASETEN_API_KEY' },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
  priceList: 'baseten',
}
