import type { Provider } from '../provider.js'

export const anthropic: Provider = {
  name: 'anthropic',
  dialects: ['messages'],
  baseURL: 'https://api.anthropic.com/v1',
  credential: { header: 'x-api-key', accepts: ['api-key', 'bearer-auth'], required: true },
  headers: { 'anthropic-version': '2023-06-01' },
  passes: ['anthropic-beta'],
  environment: { key: 'ANTHROPIC_API_KEY', baseURL: 'ANTHROPIC_BASE_URL' },
  reads: ['service_tier'],
  quirks: { webSearch: 'web_search_20250305' },
  quirksOf: (model) => ({
    ...(/^claude-(3|sonnet-4-0|sonnet-4-2|sonnet-4-5|opus-4-[0-5]|haiku-4)/.test(model) && { thinkingBudget: true }),
    ...(/^claude-(3|sonnet-4-0|sonnet-4-2|opus-4-[0-1]|opus-4-2)/.test(model) && { noSchemas: true }),
    ...(/^claude-3-(haiku|opus|sonnet)/.test(model) && { defaultMaxTokens: 4096 }),
    ...(model.startsWith('claude-3-5') && { defaultMaxTokens: 8192 }),
  }),
  counts: true,
  priceList: 'anthropic',
}
