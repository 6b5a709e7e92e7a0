// How a request travels. Every call that reaches a model comes through here, whatever it speaks and whoever answers.
import { GatewayError } from '@weir/contracts'
import { act } from './act/act.js'
import type { Aside } from './aside.js'
import { authenticate } from './authenticate/authenticate.js'
import { toGatewayError } from './errors.js'
import type { Admitted, Ingressed, Recalled, Received } from './exchange.js'
import { guard } from './guard/guard.js'
import type { Claim } from './idempotency/claim.js'
import { idempotency } from './idempotency/idempotency.js'
import { repeat } from './idempotency/repeat.js'
import { compaction } from './compaction/compaction.js'
import { ingress } from './ingress/ingress.js'
import { receive } from './ingress/receive.js'
import { limit } from './limit/limit.js'
import type { Observe } from './observe/observe.js'
import type { Ports } from './ports/ports.js'
import { recall } from './recall/recall.js'
import { record } from './record/record.js'
import { sum } from './record/sum.js'
import { remember } from './remember/remember.js'
import { resolve } from './resolve/resolve.js'
import { fail } from './respond/fail.js'
import { captureOutlet } from './respond/outlets/capture.js'
import type { Outlet } from './respond/outlets/outlet.js'
import { respond, type Answered } from './respond/respond.js'
import { route } from './route/route.js'

/** Who calls, and what is asked. */
async function enter(received: Received, ports: Ports): Promise<Ingressed> {
  const known = await authenticate(received, ports)
  return ingress(known)
}

/** What came before it besides. Settles nothing and spends nothing. */
export async function survey(received: Received, ports: Ports): Promise<Recalled> {
  return recall(await enter(received, ports), ports)
}

/** What came before, who may answer, and whether there is room for it. */
async function admit(entered: Ingressed, ports: Ports): Promise<Admitted> {
  const recalled = await recall(entered, ports)
  const resolved = await resolve(recalled)
  return limit(resolved)
}

/** Asks a model and writes its answer. A turn ends with the next turn's items, until there are none. */
async function serve(admitted: Admitted, outlet: Outlet, ports: Ports): Promise<Answered> {
  const guarded = await guard(admitted)
  const compacted = await compaction(guarded, asideOf(admitted, ports), ports)
  const routed = await route(compacted, ports)
  const answered = await respond(routed, outlet)
  await act(answered.generated)
  await remember(answered, ports)
  return answered
}

/** Questions of the gateway's own within this exchange. */
function asideOf({ id, head, signal, configuration, trail }: Received, ports: Ports): Aside {
  return async (operation, body, read) => {
    const readBody = () => Promise.resolve(body)
    const inner = receive({ id, operation, dialect: 'responses', head, signal, configuration, readBody }, ports)
    try {
      return read(
        await serve(
          await admit(await enter(inner, ports), ports),
          captureOutlet(() => {}),
          ports,
        ),
      )
    } finally {
      for (const attempt of inner.trail.attempts) trail.attempts.push({ ...attempt, number: trail.attempts.length + 1 })
      trail.aside = sum(trail.aside, inner.trail.usage)
      trail.account ??= inner.trail.account
      trail.upstreamModel ??= inner.trail.upstreamModel
    }
  }
}

/** The whole way, with its end on record whatever happens. Never throws: a failure is written to the outlet. */
export async function travel(received: Received, outlet: Outlet, ports: Ports, observe: Observe): Promise<void> {
  const { trail } = received
  let claim: Claim | undefined
  try {
    const entered = await enter(received, ports)
    const first = await idempotency(entered, ports)
    if (first.kept) return await repeat(entered, first.kept, outlet, ports)
    claim = first.claim
    await serve(await admit(claim ? { ...entered, claim } : entered, ports), outlet, ports)
  } catch (thrown) {
    // Before the caller hears of it: it may well ask again at once.
    await claim?.free()
    const error = received.signal.aborted ? new GatewayError('client_closed', { cause: thrown }) : toGatewayError(thrown)
    fail(received, error, outlet)
  } finally {
    // Whatever was not kept by now is not to hold the key.
    void claim?.free()
    observe(trail, record(trail, ports))
  }
}

/** The same way for a question of the gateway's own, on record like any other. Throws what kept the answer away, or it from being read. */
export async function ask<Read>(
  received: Received,
  read: (answered: Answered) => Read,
  ports: Ports,
  observe: Observe,
): Promise<Read> {
  const { trail } = received
  const outlet = captureOutlet(() => {})
  try {
    return read(await serve(await admit(await enter(received, ports), ports), outlet, ports))
  } catch (thrown) {
    const error = received.signal.aborted ? new GatewayError('client_closed', { cause: thrown }) : toGatewayError(thrown)
    fail(received, error, outlet)
    throw error
  } finally {
    observe(trail, record(trail, ports))
  }
}
