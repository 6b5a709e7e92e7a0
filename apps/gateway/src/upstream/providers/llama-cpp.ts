import type { Provider } from '../provider.js'

export const llamaCpp: Provider = {
  name: 'llama-cpp',
  dialects: ['chat-completions'],
  baseURL: 'http://127.0.0.1:8080/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: false },
  environment: { key: 'LLAMA_CPP_API_KEY', baseURL: 'LLAMA_CPP_BASE_URL' },
  operations: { embed: { dialect: 'embeddings' }, rerank: { dialect: 'rerank' } },
  quirks: { noUrls: true, noFiles: true, legacyMaxTokens: true, noDeveloperRole: true, reasoningField: 'reasoning_content' },
}
