import type { Provider } from '../provider.js'

export const hyperbolic: Provider = {
  name: 'hyperbolic',
  dialects: ['chat-completions'],
  baseURL: 'https://api.hyperbolic.xyz/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'HYPERBOLIC_API_KEY' },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
}
