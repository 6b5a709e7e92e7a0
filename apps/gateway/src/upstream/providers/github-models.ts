import type { Provider } from '../provider.js'

/** The model is `<publisher>/<model>`. */
export const githubModels: Provider = {
  name: 'github-models',
  dialects: ['chat-completions'],
  baseURL: 'https://models.github.ai/inference',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'GITHUB_TOKEN' },
  headers: { 'x-github-api-version': '2022-11-28' },
  operations: { embed: { dialect: 'embeddings' } },
  quirksOf: (model) => ({ ...(!/^openai\/(o\d|gpt-5)/.test(model) && { legacyMaxTokens: true }) }),
  quirks: { noFiles: true },
}
