import { GatewayError, type Contract, type Handlers } from '@weir/contracts'
import type { HandlerContext } from './context.js'

/** `serving` turns false when the gateway drains: a load balancer then sends no more. */
export function health(version: string, serving: () => boolean): Handlers<Contract, HandlerContext>['health'] {
  return {
    get: () => ({ status: 'ok', version }),
    live: () => ({ status: 'ok' }),
    ready() {
      if (!serving()) throw new GatewayError('unavailable', { message: 'The gateway is shutting down.', retryAfter: 1 })
      return { status: 'ok' }
    },
  }
}
