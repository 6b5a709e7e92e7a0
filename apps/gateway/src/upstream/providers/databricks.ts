import type { Provider } from '../provider.js'

/** The model is the name of a serving endpoint. A field that it does not know is an error to it. */
export const databricks: Provider = {
  name: 'databricks',
  dialects: ['chat-completions'],
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: {
    key: 'DATABRICKS_TOKEN',
    baseURL: 'DATABRICKS_HOST',
    toBaseURL: (host) => `${new URL(/^https?:/.test(host) ? host : `https://${host}`).origin}/serving-endpoints`,
  },
  operations: {
    embed: { dialect: 'embeddings', quirks: { textsOnly: true, numbersOnly: true, rejects: ['user'] } },
  },
  quirks: {
    noFiles: true,
    legacyMaxTokens: true,
    noDeveloperRole: true,
    noStreamUsage: true,
    rejects: ['logit_bias', 'seed', 'presence_penalty', 'frequency_penalty', 'user', 'parallel_tool_calls'],
  },
}
