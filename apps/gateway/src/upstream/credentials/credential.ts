import type { Ports } from '../../ports/ports.js'
import type { UpstreamRequest } from '../../ports/transport.js'

/** What a credential may touch: some have to ask for a token first, and a signature says when it was made. */
export type CredentialPorts = Pick<Ports, 'transport' | 'clock'>

/**
 * Puts an account's credential on a request that is otherwise ready to leave, so that a signature may cover all of it. Throws a
 * `CredentialError` where there is none to put.
 */
export type Credential = (request: UpstreamRequest, ports: CredentialPorts) => UpstreamRequest | Promise<UpstreamRequest>

/** The request with these headers too; a header that it has is replaced. */
export const withHeaders = (request: UpstreamRequest, headers: Readonly<Record<string, string>>): UpstreamRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
})
