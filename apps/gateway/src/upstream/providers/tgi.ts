import type { Provider } from '../provider.js'

/** Text Generation Inference, by the port that its launcher takes. */
export const tgi: Provider = {
  name: 'tgi',
  dialects: ['chat-completions'],
  baseURL: 'http://127.0.0.1:3000/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: false },
  environment: { key: 'TGI_API_KEY', baseURL: 'TGI_BASE_URL' },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
}
