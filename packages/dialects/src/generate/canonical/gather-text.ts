/** A text that comes piece by piece. */
export interface GatheredText {
  add(piece: string): void
  /** All of it so far. */
  text(): string
}

/**
 * Pieces that are joined at a time. A string that was put together with `+` keeps each of its pieces alive: for the small ones of
 * a long answer that is many times the text itself.
 */
const many = 1024

export function gatherText(): GatheredText {
  let joined = ''
  let pieces: string[] = []
  function join(): void {
    joined += pieces.join('')
    pieces = []
  }
  return {
    add(piece) {
      if (pieces.push(piece) === many) join()
    },
    text() {
      if (pieces.length > 0) join()
      return joined
    },
  }
}
