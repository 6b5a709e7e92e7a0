import type { Provider } from '../provider.js'
import { geminiQuirks } from './google-gemini.js'

/** Its URL says project and region. The region `global` has a host without one. */
export const googleVertex: Provider = {
  name: 'google-vertex',
  dialects: ['generate-content'],
  place: {
    variables: { project_id: 'GOOGLE_CLOUD_PROJECT', region: 'GOOGLE_CLOUD_LOCATION' },
    toBaseURL({ project_id: project, region }) {
      const host = region === 'global' ? '' : `${region}-`
      return `https://${host}aiplatform.googleapis.com/v1/projects/${project}/locations/${region}/publishers/google`
    },
  },
  credential: {
    header: 'authorization',
    accepts: ['key-file', 'metadata-server', 'bearer-auth'],
    required: false,
    cloud: { name: 'google', scope: 'https://www.googleapis.com/auth/cloud-platform' },
  },
  environment: { identity: ['GOOGLE_APPLICATION_CREDENTIALS'] },
  quirks: { noUrls: true, webSearch: 'googleSearch' },
  quirksOf: (model) => geminiQuirks(model),
  priceList: 'google',
}
