import type { Provider } from '../provider.js'

export const xai: Provider = {
  name: 'xai',
  dialects: ['chat-completions'],
  baseURL: 'https://api.x.ai/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'XAI_API_KEY' },
  quirks: { rejects: ['logit_bias'] },
  priceList: 'x-ai',
}
