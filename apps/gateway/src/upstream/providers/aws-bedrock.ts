import type { Provider } from '../provider.js'

/** An API key of Bedrock is a bearer token; all else signs. */
export const awsBedrock: Provider = {
  name: 'aws-bedrock',
  dialects: ['converse'],
  place: {
    variables: { region: 'AWS_REGION' },
    toBaseURL: ({ region }) => `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
  },
  credential: {
    header: 'authorization',
    accepts: ['api-key', 'bearer-auth', 'access-key-based', 'assumed-role-based', 'web-identity-based', 'profile-based'],
    required: false,
    cloud: { name: 'aws', service: 'bedrock' },
  },
  environment: {
    key: 'AWS_BEARER_TOKEN_BEDROCK',
    identity: ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'],
  },
  quirks: { noUrls: true },
  quirksOf: (model) => ({
    ...(model.includes('anthropic.') && { defaultMaxTokens: 32_000, strictTools: true, ...claudeQuirks(model) }),
  }),
  priceList: 'aws',
}

/** Older models know thinking as a budget, newer ones as an effort. */
const claudeQuirks = (model: string): NonNullable<Provider['quirks']> =>
  /claude-(3|(sonnet|haiku)-4-|opus-4-[0-5])/.test(model)
    ? { effortAs: 'thinking-budget', ...(/claude-3-(haiku|opus|sonnet|5)/.test(model) && { defaultMaxTokens: 4096 }) }
    : { effortAs: 'adaptive-thinking' }
