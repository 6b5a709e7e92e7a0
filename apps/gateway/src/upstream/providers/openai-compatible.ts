import type { Provider } from '../provider.js'

/** Any server that speaks one of OpenAI's dialects and has no file of its own. */
export const openaiCompatible: Provider = {
  name: 'openai-compatible',
  dialects: ['chat-completions'],
  dialectIsOpen: true,
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key', 'basic-auth', 'header', 'query'], required: false },
  operations: {
    embed: { dialect: 'embeddings' },
    rerank: { dialect: 'rerank' },
    moderate: { dialect: 'moderations' },
    speak: { dialect: 'speech' },
  },
  quirks: { legacyMaxTokens: true, noDeveloperRole: true, rawReasoning: true },
}
