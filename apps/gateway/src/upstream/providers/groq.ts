import type { Provider } from '../provider.js'

export const groq: Provider = {
  name: 'groq',
  dialects: ['chat-completions'],
  baseURL: 'https://api.groq.com/openai/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'GROQ_API_KEY' },
  reads: ['service_tier'],
  operations: { speak: { dialect: 'speech', quirks: { rejects: ['instructions'] } } },
  quirks: {
    noFiles: true,
    noDeveloperRole: true,
    reasoningField: 'reasoning',
    rejects: ['logprobs', 'top_logprobs', 'logit_bias', 'n'],
  },
  priceList: 'groq',
}
