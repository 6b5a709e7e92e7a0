import { GatewayError } from '@weir/contracts'
import type { Account } from '../configuration.js'
import type { UpstreamRequest } from '../ports/transport.js'
import { CredentialError } from './credentials/credential-error.js'
import type { CredentialPorts } from './credentials/credential.js'

/**
 * The request with the credential of its account on it. Where there is none to be had, a `GatewayError` that says whose operator has
 * to mend what: 502 while nobody has, 503 where waiting may be enough.
 */
export async function authorized(
  account: Pick<Account, 'name' | 'authorize'>,
  request: UpstreamRequest,
  ports: CredentialPorts,
): Promise<UpstreamRequest> {
  try {
    return await account.authorize(request, ports)
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
    const now = error.fault === 'unavailable' ? ' right now' : ''
    const message = `The account "${account.name}" has no credential${now}: ${error.message}. ${error.remedy}`
    throw error.fault === 'unavailable'
      ? new GatewayError('unavailable', { message, retryAfter: 1, cause: error })
      : new GatewayError('upstream_unauthorized', { message, retryable: false, cause: error })
  }
}
