import { createConnection } from 'node:net'

/** A raw connection: what is sent goes out byte by byte, and what comes back is kept as it came. */
export interface RawConnection extends AsyncDisposable {
  /** Resolves when it has left; rejects where the other side takes no more. */
  send(text: string | Uint8Array): Promise<void>
  /** From now on, or until `read`, nothing is read: what comes waits in the kernel, and a reset loses it. */
  pause(): void
  read(): void
  /** Everything received so far, once `pattern` is in it; rejects when the other side closes before. */
  until(pattern: RegExp): Promise<string>
  /** Everything received, once the other side has closed. */
  readonly closed: Promise<string>
}

export async function connectTo(origin: string): Promise<RawConnection> {
  const { hostname, port } = new URL(origin)
  const socket = createConnection({ host: hostname, port: Number(port), allowHalfOpen: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let received = ''
  let ended = false
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const one of waiting) one()
  }
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text
    wake()
  })
  const closed = new Promise<string>((resolve) => {
    const end = (): void => {
      ended = true
      resolve(received)
      wake()
    }
    socket.once('end', end).once('error', end).once('close', end)
  })
  return {
    closed,
    send: (text) => new Promise((resolve, reject) => socket.write(text, (error) => (error ? reject(error) : resolve()))),
    pause: () => void socket.pause(),
    read: () => void socket.resume(),
    async until(pattern) {
      while (!pattern.test(received)) {
        if (ended) throw new Error(`The connection was closed before ${pattern} came: ${received}`)
        await new Promise<void>((resolve) => waiting.add(resolve))
      }
      return received
    },
    async [Symbol.asyncDispose]() {
      socket.destroy()
    },
  }
}
