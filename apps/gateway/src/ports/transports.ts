import { TransportError, type Transport } from './transport.js'

/** One transport out of several, chosen by the scheme of the URL (`https:`, `simulator:`). */
export function byScheme(transports: Readonly<Record<string, Transport>>): Transport {
  return {
    send(request) {
      const scheme = request.url.slice(0, request.url.indexOf(':') + 1)
      const transport = transports[scheme]
      if (!transport) return Promise.reject(new TransportError('refused', `There is no transport for ${scheme}`))
      return transport.send(request)
    },
    async close() {
      await Promise.all([...new Set(Object.values(transports))].map((transport) => transport.close()))
    },
  }
}
