import type { Provider } from '../provider.js'

export const googleGemini: Provider = {
  name: 'google-gemini',
  dialects: ['generate-content'],
  baseURL: 'https://generativelanguage.googleapis.com/v1beta',
  credential: { header: 'x-goog-api-key', accepts: ['api-key'], required: true },
  environment: { key: 'GEMINI_API_KEY' },
  operations: { embed: { dialect: 'embed-content', quirks: { mostInputs: 100 } } },
  quirks: { noUrls: true, webSearch: 'googleSearch' },
  quirksOf: (model) => geminiQuirks(model),
  counts: true,
  priceList: 'google',
}

/** Levels of thinking came with the third generation, and with it calls that are refused without a signature. */
export const geminiQuirks = (model: string): NonNullable<Provider['quirks']> =>
  /gemini-(1|2)/.test(model)
    ? { thinkingBudget: true, plainResults: true, noFormatWithTools: true }
    : { unsignedCalls: 'skip_thought_signature_validator' }
