import type { Provider } from '../provider.js'

export const nvidiaNim: Provider = {
  name: 'nvidia-nim',
  dialects: ['chat-completions'],
  baseURL: 'https://integrate.api.nvidia.com/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'NVIDIA_API_KEY', baseURL: 'NVIDIA_BASE_URL' },
  operations: { embed: { dialect: 'embeddings', quirks: { textsOnly: true, numbersOnly: true } } },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
}
