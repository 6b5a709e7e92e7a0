import type { Provider } from '../provider.js'

/** It searches the web for each answer, and calls no functions. */
export const perplexityAi: Provider = {
  name: 'perplexity-ai',
  dialects: ['chat-completions'],
  baseURL: 'https://api.perplexity.ai',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'PERPLEXITY_API_KEY' },
  quirks: {
    noFiles: true,
    legacyMaxTokens: true,
    noDeveloperRole: true,
    efforts: ['low', 'medium', 'high'],
    rejects: ['tools', 'tool_choice', 'parallel_tool_calls', 'logit_bias', 'logprobs', 'top_logprobs', 'n', 'seed'],
  },
  priceList: 'perplexity',
}
