import { GatewayError } from '@weir/contracts'
import { hashKey } from '../configuration.js'
import type { Caller, Head, Received } from '../exchange.js'
import type { Operation } from '../operations/operation.js'
import { header } from '../ingress/labels.js'
import type { Configuration } from '../configuration.js'
import type { Ports } from '../ports/ports.js'

/** Settles who calls, from the head alone: a stranger's body is never read. Throws 401. */
export async function authenticate<Exchange extends Received<Operation>>(
  exchange: Exchange,
  ports: Pick<Ports, 'keys'>,
): Promise<Exchange & { readonly caller: Caller }> {
  const caller = await identify(exchange.head, exchange.configuration, ports)
  exchange.trail.owner = { tenant: caller.tenant, subject: caller.subject }
  return { ...exchange, caller }
}

/** The caller behind the credentials of this head. Throws 401 for none and for unknown ones. */
export async function identify(head: Head, configuration: Configuration, ports: Pick<Ports, 'keys'>): Promise<Caller> {
  const key = credential(head)
  if (key === undefined)
    throw new GatewayError('invalid_api_key', { message: 'There is no API key. Send it as "Authorization: Bearer <key>".' })
  const hash = hashKey(key)
  const configured = configuration.keys.get(hash)
  if (configured) {
    if (configured.expiresAt === undefined || Date.now() < configured.expiresAt) return configured.caller
    throw new GatewayError('invalid_api_key', { message: 'This API key has expired.' })
  }
  const stored = await ports.keys.find(hash)
  if (!stored) throw new GatewayError('invalid_api_key', { message: 'This API key is not known here.' })
  return { tenant: stored.tenant, subject: stored.subject, role: stored.role }
}

function credential(head: Head): string | undefined {
  const authorization = header(head, 'authorization')
  if (authorization !== undefined) return /^bearer\s+(\S+)\s*$/i.exec(authorization)?.[1]
  return header(head, 'x-api-key', 'x-goog-api-key')?.trim() || undefined
}
