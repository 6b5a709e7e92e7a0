import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { Client } from 'undici'
import type { Address, Web } from '../../ports/web.js'
import { send } from './undici.js'

/** The web through the system's resolver and one connection for each request: nothing is kept that was judged for another. */
export function undiciWeb(): Web {
  return {
    async resolve(host) {
      const found = await lookup(host, { all: true, verbatim: true })
      return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
    },
    send(request, addresses) {
      const client = new Client(new URL(request.url).origin, { connect: { timeout: 10_000, lookup: only(addresses) } })
      const reply = send(request, () => client)
      // Ends with its one request. Whatever breaks is told by the reply.
      client.close().catch(() => undefined)
      return reply
    },
  }
}

/** Answers with what was judged, whatever the resolver would say by now. */
function only(addresses: readonly Address[]): LookupFunction {
  return (_, options, callback) => {
    const [first] = addresses
    if (!first) callback(new Error('There is no address.'), '')
    else if (options.all) callback(null, [...addresses])
    else callback(null, first.address, first.family)
  }
}
