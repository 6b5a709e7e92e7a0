import { api } from '@weir/contracts'
import Koa from 'koa'
import type { Configuration } from './configuration.js'
import { handlersFor } from './handlers/handlers.js'
import { compileRoutes } from './ingress/routes.js'
import type { Observe } from './observe/observe.js'
import type { Ports } from './ports/ports.js'
import { answer, type Rest } from './rest.js'

export interface AppOptions {
  readonly ports: Ports
  /** The configuration that exchanges beginning now are to use. */
  readonly configuration: () => Configuration
  readonly observe: Observe
  readonly version: string
  /** False while the gateway drains. */
  readonly serving: () => boolean
}

/** The gateway as a Koa application, over any set of ports. */
export function createApp({ ports, configuration, observe, version, serving }: AppOptions): Koa {
  const handlers = handlersFor(version, serving)
  const rest: Rest = { routes: compileRoutes(api), handlers, ports, configuration, observe }
  const app = new Koa()
  app.use(async (context) => {
    // Answers are written straight to the socket: streams need its back-pressure, and plain ones its speed.
    context.respond = false
    await answer(context.req, context.res, rest)
  })
  return app
}
