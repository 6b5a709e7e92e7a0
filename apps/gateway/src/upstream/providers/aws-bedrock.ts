import type { Provider } from '../provider.js'

/** `https://bedrock-runtime.<region>.amazonaws.com`, with an API key of Bedrock as the bearer. */
export const awsBedrock: Provider = {
  name: 'aws-bedrock',
  dialects: ['converse'],
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: {
    key: 'AWS_BEARER_TOKEN_BEDROCK',
    baseURL: 'AWS_REGION',
    toBaseURL: (region) => `https://bedrock-runtime.${region}.amazonaws.com`,
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
