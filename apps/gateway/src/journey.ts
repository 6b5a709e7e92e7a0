// How a request travels. Every call that reaches a model comes through here, whatever it speaks and whoever answers.
import { GatewayError } from '@weir/contracts'
import { act } from './act/act.js'
import { authenticate } from './authenticate/authenticate.js'
import { toGatewayError } from './errors.js'
import type { Admitted, Received } from './exchange.js'
import { guard } from './guard/guard.js'
import { ingress } from './ingress/ingress.js'
import { limit } from './limit/limit.js'
import type { Observe } from './observe/observe.js'
import type { Ports } from './ports/ports.js'
import { recall } from './recall/recall.js'
import { record } from './record/record.js'
import { remember } from './remember/remember.js'
import { resolve } from './resolve/resolve.js'
import { fail } from './respond/fail.js'
import type { Outlet } from './respond/outlets/outlet.js'
import { respond } from './respond/respond.js'
import { route } from './route/route.js'

/** Who calls, what is asked, what came before, who may answer, and whether there is room for it. */
async function admit(received: Received, ports: Ports): Promise<Admitted> {
  const known = await authenticate(received, ports)
  const read = await ingress(known)
  const recalled = await recall(read, ports)
  const resolved = await resolve(recalled)
  return limit(resolved)
}

/** Asks a model and writes its answer. A turn ends with the next turn's items, until there are none. */
async function serve(admitted: Admitted, outlet: Outlet, ports: Ports): Promise<void> {
  const guarded = await guard(admitted)
  const routed = await route(guarded, ports)
  const answered = await respond(routed, outlet)
  await act(answered.generated)
  await remember(answered, ports)
}

/** The whole way, with its end on record whatever happens. Never throws: a failure is written to the outlet. */
export async function travel(received: Received, outlet: Outlet, ports: Ports, observe: Observe): Promise<void> {
  const { trail } = received
  try {
    await serve(await admit(received, ports), outlet, ports)
  } catch (thrown) {
    const error = received.signal.aborted ? new GatewayError('client_closed', { cause: thrown }) : toGatewayError(thrown)
    fail(received, error, outlet)
  } finally {
    observe(trail, record(trail, ports))
  }
}
