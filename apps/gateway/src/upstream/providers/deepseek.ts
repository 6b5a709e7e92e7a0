import type { Provider } from '../provider.js'

export const deepseek: Provider = {
  name: 'deepseek',
  dialects: ['chat-completions'],
  baseURL: 'https://api.deepseek.com/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'DEEPSEEK_API_KEY' },
  quirks: {
    noFiles: true,
    legacyMaxTokens: true,
    noDeveloperRole: true,
    rejects: ['n', 'seed', 'logit_bias', 'parallel_tool_calls'],
  },
  priceList: 'deepseek',
}
