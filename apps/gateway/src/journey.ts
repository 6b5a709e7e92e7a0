// How a request travels. Every call that reaches a model comes through here, whatever it speaks and whoever answers.
import { GatewayError } from '@weir/contracts'
import { act } from './act/act.js'
import type { Aside } from './aside.js'
import { authenticate } from './authenticate/authenticate.js'
import { toGatewayError } from './errors.js'
import type { Admitted, Authenticated, Ingressed, Recalled, Received } from './exchange.js'
import type { Operation, PlainOperation } from './operations/operation.js'
import { guard } from './guard/guard.js'
import type { Claim } from './idempotency/claim.js'
import { idempotency } from './idempotency/idempotency.js'
import { repeat } from './idempotency/repeat.js'
import { compaction } from './compaction/compaction.js'
import { ingress } from './ingress/ingress.js'
import { ingressPlain } from './ingress/plain.js'
import { enqueue } from './jobs/enqueue.js'
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
import { respondPlain } from './respond/plain.js'
import { respond, type Answered } from './respond/respond.js'
import { routePlain } from './route/plain.js'
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

/** The way of what is no turn of a model: nothing came before it, it calls no tools, and nothing of it is kept. */
async function servePlain(known: Authenticated<PlainOperation>, outlet: Outlet, ports: Ports): Promise<void> {
  const entered = await ingressPlain(known)
  const resolved = await resolve(entered)
  const limited = await limit(resolved)
  const guarded = await guard(limited)
  const routed = await routePlain(guarded, ports)
  await respondPlain(routed, outlet, ports)
}

/** Questions of the gateway's own within this exchange. */
function asideOf({ id, caller, head, signal, configuration, trail }: Authenticated, ports: Ports): Aside {
  return async (operation, body, read) => {
    const readBody = () => Promise.resolve(body)
    const inner = receive({ id, operation, dialect: 'responses', head, signal, configuration, readBody }, ports)
    try {
      return read(
        await serve(
          await admit(await ingress({ ...inner, caller }), ports),
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
export async function travel(received: Received<Operation>, outlet: Outlet, ports: Ports, observe: Observe): Promise<void> {
  const { trail } = received
  let claim: Claim | undefined
  let queued = false
  try {
    const known = await authenticate(received, ports)
    const { operation } = known
    if (!operation.turns) return await servePlain({ ...known, operation }, outlet, ports)
    const entered = await ingress({ ...known, operation })
    const first = await idempotency(entered, ports)
    if (first.kept) return await repeat(entered, first.kept, outlet, ports)
    claim = first.claim
    const admitted = await admit(claim ? { ...entered, claim } : entered, ports)
    if (!admitted.ask.background) await serve(admitted, outlet, ports)
    else {
      await enqueue(admitted, outlet, ports)
      queued = true
    }
  } catch (thrown) {
    // Before the caller hears of it: it may well ask again at once.
    await claim?.free()
    const error = received.signal.aborted ? new GatewayError('client_closed', { cause: thrown }) : toGatewayError(thrown)
    fail(received, error, outlet)
  } finally {
    // Whatever was not kept by now is not to hold the key.
    void claim?.free()
    // What is queued has not ended: whoever carries it out has its record.
    if (!queued) observe(trail, record(trail, ports))
  }
}

/** The rest of the way of a background call that was queued, into its journal. Throws what kept its answer away. */
export function carryOut(waiting: Authenticated, outlet: Outlet, ports: Ports, observe: Observe): Promise<Answered> {
  return onRecord(waiting, outlet, ports, observe, async () => serve(await admit(await ingress(waiting), ports), outlet, ports))
}

/** The whole way of a question of the gateway's own. Throws what kept the answer away, or it from being read. */
export function ask<Read>(received: Received, read: (answered: Answered) => Read, ports: Ports, observe: Observe): Promise<Read> {
  const outlet = captureOutlet(() => {})
  return onRecord(received, outlet, ports, observe, async () =>
    read(await serve(await admit(await enter(received, ports), ports), outlet, ports)),
  )
}

/** Does what leaves a record whatever happens, for whoever wants to know of a failure too. */
async function onRecord<Made>(
  received: Received,
  outlet: Outlet,
  ports: Ports,
  observe: Observe,
  make: () => Promise<Made>,
): Promise<Made> {
  const { trail } = received
  try {
    return await make()
  } catch (thrown) {
    const error = received.signal.aborted ? new GatewayError('client_closed', { cause: thrown }) : toGatewayError(thrown)
    fail(received, error, outlet)
    throw error
  } finally {
    observe(trail, record(trail, ports))
  }
}
