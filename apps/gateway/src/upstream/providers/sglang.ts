import type { Provider } from '../provider.js'

export const sglang: Provider = {
  name: 'sglang',
  dialects: ['chat-completions'],
  baseURL: 'http://127.0.0.1:30000/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: false },
  environment: { key: 'SGLANG_API_KEY', baseURL: 'SGLANG_BASE_URL' },
  operations: { embed: { dialect: 'embeddings' } },
  quirks: { noFiles: true, noDeveloperRole: true, reasoningField: 'reasoning_content' },
}
