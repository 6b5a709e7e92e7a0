import { GatewayError, type Endpoint } from '@weir/contracts'
import { defaultTenant, type Configuration } from '../configuration.js'
import type { Caller, Head } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import { identify } from './authenticate.js'

const anyone: Caller = { tenant: defaultTenant, subject: 'anyone', role: 'member' }

/** The caller of an endpoint, once it may call it. Judged on the matched endpoint, never on a path. Throws 401 and 403. */
export async function authenticateFor(
  endpoint: Pick<Endpoint, 'access'>,
  head: Head,
  configuration: Configuration,
  ports: Pick<Ports, 'keys'>,
): Promise<Caller> {
  if (endpoint.access === 'public') return anyone
  const caller = await identify(head, configuration, ports)
  if (endpoint.access === 'admin' && caller.role !== 'admin')
    throw new GatewayError('forbidden', { message: 'Only administrators may do this.' })
  return caller
}
