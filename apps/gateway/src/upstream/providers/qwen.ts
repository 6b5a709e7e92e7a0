import type { Provider } from '../provider.js'

/** Within China: `base_url: https://dashscope.aliyuncs.com/compatible-mode/v1`. */
export const qwen: Provider = {
  name: 'qwen',
  dialects: ['chat-completions'],
  baseURL: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'DASHSCOPE_API_KEY' },
  operations: {
    embed: { dialect: 'embeddings', quirks: { textsOnly: true, numbersOnly: true, mostInputs: 10 } },
  },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
}
