import type { Provider } from '../provider.js'

/** Chat is what all its models speak; an account may say otherwise for those that speak more. */
export const cloudflare: Provider = {
  name: 'cloudflare',
  dialects: ['chat-completions'],
  dialectIsOpen: true,
  place: {
    variables: { account_id: 'CLOUDFLARE_ACCOUNT_ID' },
    toBaseURL: ({ account_id: account }) => `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1`,
  },
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'CLOUDFLARE_API_TOKEN' },
  quirks: { noFiles: true, legacyMaxTokens: true, noDeveloperRole: true },
  priceList: 'cloudflare',
}
