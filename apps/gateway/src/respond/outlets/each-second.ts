interface Watched {
  readonly look: (now: number) => void
}

// One timer for all streams and connections: a timer for each costs more than the streams themselves.
const open = new Set<Watched>()
let timer: NodeJS.Timeout | undefined

/** Calls `look` about once a second, with the milliseconds since 1970, until what it gave back is called. */
export function eachSecond(look: (now: number) => void): () => void {
  const watched = { look }
  open.add(watched)
  timer ??= setInterval(() => {
    const now = Date.now()
    for (const each of open) each.look(now)
    if (open.size > 0 || !timer) return
    clearInterval(timer)
    timer = undefined
  }, 1000).unref()
  return () => void open.delete(watched)
}
