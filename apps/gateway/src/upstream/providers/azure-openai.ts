import type { Provider } from '../provider.js'

/** Keys, and identities of Azure AD. */
export const azureCredential: Provider['credential'] = {
  header: 'api-key',
  accepts: ['api-key', 'bearer-auth', 'client-credentials', 'workload-identity', 'managed-identity'],
  required: false,
  cloud: { name: 'azure', scope: 'https://cognitiveservices.azure.com/.default' },
}

/** The model is the name of a deployment. */
export const azureOpenai: Provider = {
  name: 'azure-openai',
  dialects: ['responses', 'chat-completions'],
  credential: azureCredential,
  place: {
    variables: { azure_endpoint: 'AZURE_OPENAI_ENDPOINT' },
    toBaseURL: ({ azure_endpoint: endpoint }) => `${new URL(endpoint).origin}/openai/v1`,
  },
  environment: { key: 'AZURE_OPENAI_API_KEY', identity: ['AZURE_CLIENT_SECRET', 'AZURE_FEDERATED_TOKEN_FILE'] },
  reads: ['prompt_cache_key', 'safety_identifier', 'service_tier'],
  operations: { embed: { dialect: 'embeddings', quirks: { mostInputs: 2048 } } },
  quirks: { customTools: true },
  holdsToolChoice: true,
  compacts: true,
  replaysReasoning: (model) => /^(o\d|gpt-5|codex)/.test(model),
  priceList: 'azure',
}
