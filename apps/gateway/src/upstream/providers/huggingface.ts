import type { Provider } from '../provider.js'

/** The model may say who is to serve it: `<model>:<provider>`. */
export const huggingface: Provider = {
  name: 'huggingface',
  dialects: ['chat-completions'],
  baseURL: 'https://router.huggingface.co/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'HF_TOKEN' },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
}
