/** Bounds of a connection. Times are milliseconds. */
export interface WebSocketLimits {
  /** How long a connection may live. */
  readonly lifetime: number
  /** How much longer the turn may take that is running when its time is over. */
  readonly grace: number
  /** How often a ping is sent. */
  readonly pingEvery: number
  /** How long nothing at all may be heard of the other side, while nothing waits to be read by it. */
  readonly silence: number
  /** How many messages may wait for the turn before them. */
  readonly waiting: number
  /** How many responses of a connection may be continued that are not in the store. */
  readonly localResponses: number
  /** How many characters of JSON they may take, with the turns before them. */
  readonly localSize: number
  /** The same for all connections together. */
  readonly allLocalSize: number
}

export const webSocketLimits: WebSocketLimits = {
  lifetime: 60 * 60_000,
  grace: 5 * 60_000,
  pingEvery: 30_000,
  silence: 90_000,
  waiting: 16,
  localResponses: 16,
  localSize: 64 * 1024 * 1024,
  allLocalSize: 256 * 1024 * 1024,
}
