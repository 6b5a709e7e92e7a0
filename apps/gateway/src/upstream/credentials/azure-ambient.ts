import type { Environment } from '../../config.js'
import { clientToken } from './azure-ad.js'
import { managedIdentityToken } from './azure-managed-identity.js'
import type { Renewed } from './renewed.js'

/** Access tokens of the gateway's own identity on Azure: an application's of the environment, or the one that the machine has. */
export function ambientAzureToken(scope: string, environment: Environment): Renewed<string> {
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret } = environment
  const tokenFile = environment['AZURE_FEDERATED_TOKEN_FILE']
  const proof = secret ? { secret } : tokenFile ? { tokenFile } : undefined
  if (tenant && client && proof) return clientToken({ tenant, client, proof }, scope, environment)
  return managedIdentityToken(client || undefined, scope, environment)
}
