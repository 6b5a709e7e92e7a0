import { withHeaders, type Credential, type CredentialPorts } from './credential.js'

/** A token in `authorization`, where bearer tokens go everywhere. */
export const bearer =
  (token: string): Credential =>
  (request) =>
    withHeaders(request, { authorization: `Bearer ${token}` })

/** A token that has to be got first. */
export const bearerFrom =
  (token: (ports: CredentialPorts, signal: AbortSignal) => Promise<string>): Credential =>
  async (request, ports) =>
    withHeaders(request, { authorization: `Bearer ${await token(ports, request.signal)}` })
