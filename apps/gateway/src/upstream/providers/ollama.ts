import { isIPv6 } from 'node:net'
import type { Provider } from '../provider.js'

/** `OLLAMA_HOST` as Ollama itself reads it: a host, a port or both, or a URL, whose path is kept. */
function toBaseURL(value: string): string {
  const written = isIPv6(value) ? `[${value}]` : value
  const parts = /^(?:([a-z]+):\/\/)?(\[[^\]]*\]|[^:/]*)(?::(\d*))?(\/.*)?$/i.exec(written)
  if (!parts) throw new TypeError('Neither a host nor a URL.')
  const [, scheme, host = '', port, path = ''] = parts
  const url = new URL(`${scheme ?? 'http'}://${callable(host)}${path}`)
  url.port = port || (scheme === undefined ? '11434' : '')
  return `${url.href.replace(/\/+$/, '')}/v1`
}

/** Addresses to listen on are none to call. */
const callable = (host: string): string => (host === '' || host === '0.0.0.0' ? '127.0.0.1' : host === '[::]' ? '[::1]' : host)

export const ollama: Provider = {
  name: 'ollama',
  dialects: ['chat-completions'],
  baseURL: 'http://127.0.0.1:11434/v1',
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: false },
  environment: { baseURL: 'OLLAMA_HOST', toBaseURL },
  operations: { embed: { dialect: 'embeddings', quirks: { textsOnly: true, numbersOnly: true } } },
  quirks: {
    noUrls: true,
    noFiles: true,
    legacyMaxTokens: true,
    noDeveloperRole: true,
    reasoningField: 'reasoning',
    rejects: ['logit_bias', 'n', 'user'],
  },
}
