import { readFile } from 'node:fs/promises'
import type { Environment } from '../../config.js'
import { unusable } from './credential-error.js'
import { accessToken, grant } from './oauth-token.js'
import { renewed, type Renewed } from './renewed.js'

const source = 'Azure AD'
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** An application of a tenant. It proves itself by a secret, or by a token in a file that somebody it trusts has written. */
export interface AzureApplication {
  readonly tenant: string
  readonly client: string
  readonly proof: { readonly secret: string } | { readonly tokenFile: string }
}

/** Access tokens by client credentials. */
export function clientToken(
  { tenant, client, proof }: AzureApplication,
  scope: string,
  environment: Environment,
): Renewed<string> {
  const host = (environment['AZURE_AUTHORITY_HOST'] || 'https://login.microsoftonline.com').replace(/\/+$/, '')
  const url = `${host}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`
  return renewed(async (ports) => {
    const proven =
      'secret' in proof
        ? { client_secret: proof.secret }
        : { client_assertion_type: assertionType, client_assertion: await tokenIn(proof.tokenFile) }
    return accessToken(source, grant(url, { grant_type: 'client_credentials', client_id: client, scope, ...proven }), ports)
  })
}

/** A cluster writes the file anew now and then. */
async function tokenIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw unusable(`the federated token in ${file} cannot be read`)
  })
  return text.trim()
}
