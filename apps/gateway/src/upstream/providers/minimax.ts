import type { Provider } from '../provider.js'

/** Within China: `base_url: https://api.minimaxi.com/v1`. */
export const minimax: Provider = {
  name: 'minimax',
  dialects: ['chat-completions'],
  baseURL: 'https://api.minimax.io/v1',
  dialectIsOpen: true,
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'MINIMAX_API_KEY' },
  quirks: { noFiles: true, noDeveloperRole: true },
  priceList: 'minimax',
}
