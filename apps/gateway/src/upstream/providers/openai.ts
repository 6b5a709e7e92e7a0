import type { Provider } from '../provider.js'

export const openai: Provider = {
  name: 'openai',
  dialects: ['responses', 'chat-completions'],
  baseURL: 'https://api.openai.com/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'OPENAI_API_KEY', baseURL: 'OPENAI_BASE_URL' },
  reads: ['prompt_cache_key', 'safety_identifier', 'service_tier'],
  operations: {
    embed: { dialect: 'embeddings', quirks: { mostInputs: 2048 } },
    moderate: { dialect: 'moderations' },
    speak: { dialect: 'speech', quirks: { mostCharacters: 4096 } },
  },
  quirks: { customTools: true },
  // Models before refuse a request with marks of the cache in it.
  quirksOf: (model) => (/^gpt-(5\.([6-9]|\d\d)|[6-9])/.test(model) ? { cacheMarks: [] } : {}),
  holdsToolChoice: true,
  counts: true,
  compacts: true,
  // Others of its models answer 400 when they are asked for encrypted reasoning.
  replaysReasoning: (model) => /^(o\d|gpt-5|codex)/.test(model),
  priceList: 'openai',
}
