import type { Environment } from '../../config.js'
import { accessToken } from './oauth-token.js'
import { renewed, type Renewed } from './renewed.js'

const source = 'the metadata server of this machine'

/** Access tokens of the service account that a machine or a container on Google's cloud runs under. */
export function metadataToken(account: string, scope: string, environment: Environment): Renewed<string> {
  const host = environment['GCE_METADATA_HOST'] || 'metadata.google.internal'
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/${encodeURIComponent(account)}/token`
  const question = {
    method: 'GET',
    url: `${url}?scopes=${encodeURIComponent(scope)}`,
    headers: { 'metadata-flavor': 'Google' },
  } as const
  return renewed((ports) => accessToken(source, question, ports))
}
