import { api, type Endpoint } from '@weir/contracts'
import type { IncomingHttpHeaders } from 'node:http'
import Koa from 'koa'
import type { Configuration } from './configuration.js'
import type { HandlerContext } from './handlers/context.js'
import { handlersFor } from './handlers/handlers.js'
import { compileRoutes } from './ingress/routes.js'
import type { Observe } from './observe/observe.js'
import type { Ports } from './ports/ports.js'
import { authenticateFor } from './authenticate/access.js'
import { identify } from './authenticate/authenticate.js'
import { documentation } from './openapi.js'
import { answer, type Rest } from './rest.js'
import { answerTrpc, routerFrom } from './trpc.js'
import { trpcJourney } from './trpc-journey.js'

export interface AppOptions {
  readonly ports: Ports
  /** The configuration that exchanges beginning now are to use. */
  readonly configuration: () => Configuration
  readonly observe: Observe
  readonly version: string
  /** Why it is to be sent no more calls, in a sentence; `undefined` while it may be. */
  readonly unready: () => string | undefined
}

const publicProcedures = new Set(
  Object.entries<Record<string, Endpoint>>({ ...api }).flatMap(([group, endpoints]) =>
    Object.entries(endpoints).flatMap(([name, { access }]) => (access === 'public' ? [`${group}.${name}`] : [])),
  ),
)

/** The gateway as a Koa application, over any set of ports. */
export function createApp({ ports, configuration, observe, version, unready }: AppOptions): Koa {
  const handlers = handlersFor(version, unready)
  const rest: Rest = { routes: compileRoutes(api), handlers, ports, configuration, observe }
  const trpc = {
    router: routerFrom(api, {
      handlers,
      journey: trpcJourney({ ports, configuration, observe }),
      async enter(endpoint, { headers, requestId, signal }): Promise<HandlerContext> {
        const current = configuration()
        const caller = await authenticateFor(endpoint, { headers }, current, ports)
        return { caller, head: { headers }, configuration: current, ports, observe, signal, requestId }
      },
    }),
    bodyLimit: () => configuration().bodyLimit,
    identify: (headers: IncomingHttpHeaders) => identify({ headers }, configuration(), ports),
    isPublic: (procedure: string) => publicProcedures.has(procedure),
  }
  const documents = documentation(version)

  const app = new Koa()
  // A caller who leaves within its body is no fault of ours; Koa would print it with its stack.
  app.silent = true
  app.use(async (context) => {
    // Answers are written straight to the socket: streams need its back-pressure, and plain ones its speed.
    context.respond = false
    const { req, res } = context
    const { url = '/' } = req
    if (url.startsWith('/trpc/') && (await answerTrpc(req, res, trpc))) return
    if ((url.startsWith('/docs') || url.startsWith('/openapi.json')) && (await documents(req, res))) return
    await answer(req, res, rest)
  })
  return app
}
