import type { Provider } from '../provider.js'
import { azureCredential } from './azure-openai.js'

/** The model is the name of a deployment, of whatever maker; most of them speak chat alone, and an account may say otherwise. */
export const azureFoundry: Provider = {
  name: 'azure-foundry',
  dialects: ['chat-completions'],
  dialectIsOpen: true,
  place: {
    variables: { azure_endpoint: 'AZURE_INFERENCE_ENDPOINT' },
    toBaseURL: ({ azure_endpoint: endpoint }) => `${new URL(endpoint).origin}/openai/v1`,
  },
  credential: { ...azureCredential, cloud: { name: 'azure', scope: 'https://ai.azure.com/.default' } },
  environment: { key: 'AZURE_INFERENCE_CREDENTIAL', identity: ['AZURE_CLIENT_SECRET', 'AZURE_FEDERATED_TOKEN_FILE'] },
  operations: { embed: { dialect: 'embeddings' } },
  quirks: { noFiles: true, noDeveloperRole: true },
  quirksOf: (model) => ({ ...(!/^(o\d|gpt-5|codex)/i.test(model) && { legacyMaxTokens: true }) }),
  priceList: 'azure',
}
