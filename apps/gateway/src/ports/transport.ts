// One HTTP exchange with an upstream. Implemented by undici for the network and by the simulator in process.

export interface UpstreamRequest {
  readonly method: 'POST' | 'GET' | 'PUT' | 'DELETE'
  /** Absolute. May hold a key in its query: it is never logged. */
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Aborting it closes the connection at once, whatever has come. */
  readonly signal: AbortSignal
  /** Milliseconds to the response head, and between two chunks of the body. */
  readonly headTimeout: number
  readonly idleTimeout: number
}

export interface UpstreamReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ByteStream
}

/**
 * A body as it comes. Nothing is read before `start`; exactly one of `end` and `fail` is called, once, unless `destroy` was.
 * `pause` may be followed by at most what the socket has already delivered.
 */
export interface ByteStream {
  start(sink: ByteSink): void
  pause(): void
  resume(): void
  /** Closes the connection. No more calls to the sink follow. */
  destroy(): void
}

export interface ByteSink {
  /** The bytes are valid during the call only. */
  data(bytes: Uint8Array): void
  end(): void
  fail(error: TransportError): void
}

export interface Transport {
  /** Settles with the head; rejects with a `TransportError` when none came. */
  send(request: UpstreamRequest): Promise<UpstreamReply>
  /** Closes every connection; whatever is open, and whatever is sent from then on, fails as `closed`. */
  close(): Promise<void>
}

/**
 * `refused`: no connection. `timeout`: the head or the next chunk did not come in time. `cut`: the connection broke. `aborted`:
 * the request's signal. `closed`: the transport was closed, which is nobody's fault upstream.
 */
export type TransportFault = 'refused' | 'timeout' | 'cut' | 'aborted' | 'closed'

export class TransportError extends Error {
  readonly fault: TransportFault

  constructor(fault: TransportFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TransportError'
    this.fault = fault
  }
}
