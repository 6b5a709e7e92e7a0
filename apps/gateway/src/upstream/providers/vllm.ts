import type { Provider } from '../provider.js'

export const vllm: Provider = {
  name: 'vllm',
  dialects: ['chat-completions'],
  baseURL: 'http://127.0.0.1:8000/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: false },
  environment: { key: 'VLLM_API_KEY', baseURL: 'VLLM_BASE_URL' },
  operations: { embed: { dialect: 'embeddings' }, rerank: { dialect: 'rerank' } },
  quirks: { noFiles: true, noDeveloperRole: true, reasoningField: 'reasoning_content' },
}
