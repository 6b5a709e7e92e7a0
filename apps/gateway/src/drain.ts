import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** Signals closer together than this are one: a terminal sends Ctrl-C to npm and to its child. Milliseconds. */
const sameSignal = 1000

/** Runs `stop` at the first SIGTERM, SIGINT or SIGHUP, then ends the process; a later signal ends it at once. */
export function onSignals(stop: () => Promise<void>): void {
  let first: number | undefined
  const signalled = (): void => {
    const now = Date.now()
    if (first !== undefined) {
      if (now - first > sameSignal) process.exit(1)
      return
    }
    first = now
    void stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Weir did not stop cleanly: ${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, signalled)
}

/** What an exchange that is given up has to say its last word. Milliseconds. */
const lastWord = 1000

/** Connections that are no longer the server's own to close. */
interface Upgraded {
  drain(): void
  cut(): void
}

/**
 * Takes no new connections and waits for open exchanges, at most so many milliseconds; what is open then is given up by `giveUp`,
 * which ends its answers as failed, and cut a second later. Idle connections are closed at once, the others when their exchange
 * ends.
 */
export function drain(server: Server, upgraded: Upgraded, milliseconds: number, giveUp: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    let cut: NodeJS.Timeout | undefined
    const deadline = setTimeout(() => {
      cut = setTimeout(() => {
        server.closeAllConnections()
        upgraded.cut()
      }, lastWord)
      void giveUp()
    }, milliseconds)
    const idle = setInterval(() => server.closeIdleConnections(), 100)
    server.close(() => {
      clearTimeout(deadline)
      clearTimeout(cut)
      clearInterval(idle)
      resolve()
    })
    server.closeIdleConnections()
    upgraded.drain()
  })
}

type Answerer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** How long what was cut may take to be recorded. Milliseconds. */
const recording = 2_000

interface OpenExchanges {
  counted(answer: Answerer): Answerer
  /** For what is no request of its own. */
  track(answering: Promise<void>): void
  settled(): Promise<void>
}

/** Knows which requests are still being answered, though their connections may be gone. */
export function openExchanges(): OpenExchanges {
  const open = new Set<Promise<void>>()
  function track(answering: Promise<void>): void {
    const answered = answering.finally(() => open.delete(answered))
    open.add(answered)
  }
  return {
    track,
    counted: (answer) => (request, response) => {
      const answered = answer(request, response)
      track(answered)
      return answered
    },
    async settled() {
      const bound = new Promise<void>((resolve) => setTimeout(resolve, recording).unref())
      await Promise.race([Promise.allSettled(open), bound])
    },
  }
}
