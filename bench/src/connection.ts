import { type Socket, connect } from 'node:net'

/** Who is told of what happens on a connection. */
export interface ConnectionOwner {
  /** The first event of a stream, or the first bytes of a plain body, is there. */
  first(connection: Connection): void
  ended(connection: Connection): void
  /** The connection is gone; `busy` says whether an answer was awaited on it. */
  closed(connection: Connection, busy: boolean): void
}

const newline = 10

/** One HTTP/1.1 keep-alive connection that sends prepared bytes and reads just enough of the answer to count it. */
export class Connection {
  status = 0
  /** When the present request counts as sent, in milliseconds of `performance.now()`. */
  began = 0
  /** Blank lines seen in this answer's body, which is to say events. */
  events = 0
  busy = false
  readonly #owner: ConnectionOwner
  readonly #socket: Socket
  #head = ''
  #reading: 'head' | 'length' | 'chunks' = 'head'
  #left = 0
  #inChunk = false
  #lastChunk = false
  #sizeLine = ''
  #previous = 0
  #started = false
  #sse = false

  constructor(port: number, owner: ConnectionOwner) {
    this.#owner = owner
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (bytes) => this.#read(bytes, 0))
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('close', () => {
      const busy = this.busy
      this.busy = false
      this.#owner.closed(this, busy)
    })
  }

  send(bytes: Buffer, began: number): void {
    this.busy = true
    this.began = began
    this.events = 0
    this.#started = false
    this.#socket.write(bytes)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #read(bytes: Buffer, at: number): void {
    if (this.#reading === 'head') this.#readHead(bytes, at)
    else if (this.#reading === 'length') this.#readLength(bytes, at)
    else this.#readChunks(bytes, at)
  }

  #readHead(bytes: Buffer, at: number): void {
    const text = this.#head + bytes.toString('latin1', at)
    const end = text.indexOf('\r\n\r\n')
    if (end === -1) {
      this.#head = text
      return
    }
    const bodyAt = at + end + 4 - this.#head.length
    const head = text.slice(0, end).toLowerCase()
    this.#head = ''
    this.status = Number(head.slice(9, 12))
    this.#sse = head.includes('text/event-stream')
    const length = head.indexOf('content-length:')
    this.#reading = length === -1 ? 'chunks' : 'length'
    this.#left = length === -1 ? 0 : Number.parseInt(head.slice(length + 15), 10)
    this.#inChunk = false
    this.#lastChunk = false
    this.#sizeLine = ''
    this.#previous = 0
    if (this.#left === 0 && length !== -1) this.#end()
    else if (bodyAt < bytes.length) this.#read(bytes, bodyAt)
  }

  #readLength(bytes: Buffer, at: number): void {
    this.#start()
    this.#left -= bytes.length - at
    if (this.#left <= 0) this.#end()
  }

  #readChunks(bytes: Buffer, from: number): void {
    let at = from
    while (at < bytes.length) {
      if (this.#inChunk) {
        const end = Math.min(bytes.length, at + this.#left)
        this.#count(bytes, at, end)
        this.#left -= end - at
        this.#inChunk = this.#left > 0
        at = end
        continue
      }
      const lineEnd = bytes.indexOf(newline, at)
      this.#sizeLine += bytes.toString('latin1', at, lineEnd === -1 ? bytes.length : lineEnd)
      if (lineEnd === -1) return
      at = lineEnd + 1
      const line = this.#sizeLine.trim()
      this.#sizeLine = ''
      if (line === '') {
        // An empty line follows each chunk, and after the last one it is the end.
        if (this.#lastChunk) return this.#end()
        continue
      }
      this.#left = Number.parseInt(line, 16)
      this.#inChunk = this.#left > 0
      this.#lastChunk = this.#left === 0
    }
  }

  #count(bytes: Buffer, from: number, to: number): void {
    let previous = this.#previous
    for (let index = from; index < to; index++) {
      const byte = bytes[index] ?? 0
      if (byte === newline && previous === newline) {
        this.events += 1
        previous = 0
      } else previous = byte
    }
    this.#previous = previous
    if (!this.#sse || this.events > 0) this.#start()
  }

  #start(): void {
    if (this.#started) return
    this.#started = true
    this.#owner.first(this)
  }

  #end(): void {
    this.#reading = 'head'
    this.busy = false
    this.#owner.ended(this)
  }
}
