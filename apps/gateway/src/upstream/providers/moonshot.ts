import type { Provider } from '../provider.js'

export const moonshot: Provider = {
  name: 'moonshot',
  dialects: ['chat-completions'],
  baseURL: 'https://api.moonshot.ai/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'MOONSHOT_API_KEY' },
  // Its newer models sample as they are made to, and refuse to be told.
  quirksOf: (model) => ({
    ...(/^kimi-k(2\.|[3-9])/.test(model) && {
      rejects: ['temperature', 'top_p', 'n', 'presence_penalty', 'frequency_penalty'],
    }),
    ...(model.startsWith('kimi-k3') && { efforts: ['low', 'high', 'max'] }),
  }),
  quirks: { noUrls: true, noFiles: true, noDeveloperRole: true, reasoningField: 'reasoning_content' },
  priceList: 'moonshotai',
}
