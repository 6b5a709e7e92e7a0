// Calls over tRPC take the same journey as calls over HTTP, with an outlet inside the process instead of a socket.
import { GatewayError } from '@weir/contracts'
import type { Configuration } from './configuration.js'
import type { Received } from './exchange.js'
import { idempotencyHeader } from './idempotency/idempotency.js'
import { receive } from './ingress/receive.js'
import { travel } from './journey.js'
import type { Observe } from './observe/observe.js'
import { askingOf } from './operations/operations.js'
import type { Operation } from './operations/operation.js'
import type { Ports } from './ports/ports.js'
import { captureOutlet } from './respond/outlets/capture.js'
import type { Call, TrpcJourney } from './trpc.js'

/** One HTTP request has one header and may hold several calls: those after the first are told apart by their place. */
function keyOf({ headers, place }: Call): string | undefined {
  const key = headers[idempotencyHeader]?.toString()
  return key === undefined || place === 0 ? key : `${key}#${place}`
}

interface Carrier {
  readonly ports: Ports
  readonly configuration: () => Configuration
  readonly observe: Observe
}

/** The journey as tRPC's procedures call it. Failures before the first event are thrown as the `GatewayError` on record. */
export function trpcJourney({ ports, configuration, observe }: Carrier): TrpcJourney {
  function begin(endpointId: string, input: unknown, stream: boolean, call: Call, signal: AbortSignal): Received<Operation> {
    const [group = ''] = endpointId.split('.')
    const asking = askingOf(group)
    // Nothing else has a field by which to ask for a stream.
    const says = asking.operation.turns ? { stream } : {}
    const body = input !== null && typeof input === 'object' && !Array.isArray(input) ? { ...input, ...says } : input
    return receive(
      {
        id: call.requestId,
        ...asking,
        head: { headers: call.headers },
        signal,
        configuration: configuration(),
        idempotency: { route: endpointId, key: keyOf(call) },
        readBody: () => Promise.resolve(body),
      },
      ports,
    )
  }

  return {
    async answer(endpointId, input, call) {
      const outlet = captureOutlet(() => {})
      const received = begin(endpointId, input, false, call, call.signal)
      await travel(received, outlet, ports, observe)
      if (received.trail.error) throw received.trail.error
      return (await outlet.replied).body
    },

    async *stream(endpointId, input, call) {
      const leaving = new AbortController()
      const outlet = captureOutlet(() => leaving.abort())
      const received = begin(endpointId, input, true, call, AbortSignal.any([call.signal, leaving.signal]))
      const travelled = travel(received, outlet, ports, observe)
      let frames = 0
      for await (const frame of outlet.frames()) {
        frames++
        yield frame
      }
      await travelled
      if (frames === 0) throw received.trail.error ?? new GatewayError('server_error')
    },
  }
}
