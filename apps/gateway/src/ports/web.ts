import type { UpstreamReply, UpstreamRequest } from './transport.js'

/** A resolved address, without brackets. */
export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

/**
 * The web at large, for URLs that a caller names. Two steps, so that what is judged in between is what is connected to: nothing
 * resolves a name a second time. `fetch-guard` is the one that may call it.
 */
export interface Web {
  /** Every address of the name, at least one; rejects where there is none. */
  resolve(host: string): Promise<readonly Address[]>
  /** Connects to one of these addresses and to no other, on a connection of its own; host header and TLS name stay the URL's. */
  send(request: UpstreamRequest, addresses: readonly Address[]): Promise<UpstreamReply>
}
