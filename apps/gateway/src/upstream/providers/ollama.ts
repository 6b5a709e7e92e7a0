import type { Provider } from '../provider.js'

/** `OLLAMA_HOST` may be a bare host or host:port, as Ollama itself reads it. */
function toBaseURL(host: string): string {
  const url = new URL(host.includes('://') ? host : `http://${host}`)
  if (url.port === '' && !host.includes('://')) url.port = '11434'
  // 0.0.0.0 is an address to listen on, not one to call.
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
  return `${url.origin}/v1`
}

export const ollama: Provider = {
  name: 'ollama',
  dialects: ['chat-completions'],
  baseURL: 'http://127.0.0.1:11434/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: false },
  environment: { baseURL: 'OLLAMA_HOST', toBaseURL },
  quirks: {
    legacyMaxTokens: true,
    noDeveloperRole: true,
    reasoningField: 'reasoning',
    rejects: ['logit_bias', 'n', 'user'],
  },
}
