import type { Provider } from '../provider.js'

/** The model is the name of a deployment. */
export const azureOpenai: Provider = {
  name: 'azure-openai',
  dialects: ['responses', 'chat-completions'],
  credential: { header: 'api-key', accepts: ['api-key', 'bearer-auth'], required: true },
  environment: {
    key: 'AZURE_OPENAI_API_KEY',
    baseURL: 'AZURE_OPENAI_ENDPOINT',
    toBaseURL: (endpoint) => `${new URL(endpoint).origin}/openai/v1`,
  },
  reads: ['prompt_cache_key', 'safety_identifier', 'service_tier'],
  operations: { embed: { dialect: 'embeddings', quirks: { mostInputs: 2048 } } },
  quirks: { customTools: true },
  holdsToolChoice: true,
  compacts: true,
  replaysReasoning: (model) => /^(o\d|gpt-5|codex)/.test(model),
  priceList: 'azure',
}
