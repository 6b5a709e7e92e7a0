import type { Provider } from '../provider.js'

/** Z.ai outside of China: `base_url: https://api.z.ai/api/paas/v4`. A choice of tools it leaves to its models. */
export const zhipu: Provider = {
  name: 'zhipu',
  dialects: ['chat-completions'],
  baseURL: 'https://open.bigmodel.cn/api/paas/v4',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'ZHIPUAI_API_KEY', baseURL: 'ZHIPUAI_BASE_URL' },
  quirks: {
    noFiles: true,
    legacyMaxTokens: true,
    noDeveloperRole: true,
    noStreamUsage: true,
    reasoningField: 'reasoning_content',
    rejects: ['presence_penalty', 'frequency_penalty', 'tool_choice'],
  },
  priceList: 'zhipuai',
}
