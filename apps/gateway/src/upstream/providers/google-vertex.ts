import type { Provider } from '../provider.js'
import { geminiQuirks } from './google-gemini.js'

/**
 * Its URL says project and place: `https://<place>-aiplatform.googleapis.com/v1/projects/<project>/locations/<place>/publishers/google`.
 * The credential is an access token.
 */
export const googleVertex: Provider = {
  name: 'google-vertex',
  dialects: ['generate-content'],
  credential: { header: 'authorization', accepts: ['bearer-auth'], required: true },
  quirks: { noUrls: true, webSearch: 'googleSearch' },
  quirksOf: (model) => geminiQuirks(model),
  priceList: 'google',
}
