import { undiciTransport } from '../../src/adapters/undici/undici.js'
import type { UpstreamRequest } from '../../src/ports/transport.js'
import type { Credential, CredentialPorts } from '../../src/upstream/credentials/credential.js'

/** A request before any credential is on it. */
const bare: UpstreamRequest = {
  method: 'POST',
  url: 'http://127.0.0.1:9/v1/chat/completions',
  headers: {},
  body: '{}',
  signal: new AbortController().signal,
  headTimeout: 1_000,
  idleTimeout: 1_000,
}

/** What a credential makes of a bare request. The network is as it is, and the time too unless it is said. */
export async function putOn(
  credential: Credential,
  request: Partial<UpstreamRequest> = {},
  ports: Partial<CredentialPorts> = {},
): Promise<UpstreamRequest> {
  const transport = undiciTransport()
  try {
    return await credential({ ...bare, ...request }, { transport, clock: { now: Date.now }, ...ports })
  } finally {
    await transport.close()
  }
}
