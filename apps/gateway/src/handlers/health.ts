import { GatewayError, type Contract, type Handlers } from '@weir/contracts'
import type { HandlerContext } from './context.js'

/** `unready` says why a load balancer is to send no more. */
export function health(version: string, unready: () => string | undefined): Handlers<Contract, HandlerContext>['health'] {
  return {
    get: () => ({ status: 'ok', version }),
    live: () => ({ status: 'ok' }),
    ready() {
      const message = unready()
      if (message !== undefined) throw new GatewayError('unavailable', { message, retryAfter: 1 })
      return { status: 'ok' }
    },
  }
}
