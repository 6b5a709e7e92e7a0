// A text of JSON without its long runs. What is cut out is remembered by place and not by a mark in the text, so that nothing a
// caller writes can be taken for one.

/** Shorter runs stay where they are. Characters. */
export const longRun = 64 * 1024

/** No caller's JSON begins with it. The triggers of the store read it, too. */
const mark = 'cut:'

export interface Cut {
  readonly text: string
  /** In the order in which they stood. */
  readonly pieces: readonly Piece[]
}

interface Piece {
  /** Where it stood, in the text that is left. */
  readonly at: number
  readonly content: string
}

/** The text and what was cut out of it: what is long between two quotes. `undefined` where there is nothing long in it. */
export function cut(json: string): Cut | undefined {
  if (json.length < longRun) return undefined
  const pieces: Piece[] = []
  let text = ''
  let from = 0
  let begin = 0
  while (begin < json.length) {
    const quote = json.indexOf('"', begin)
    const end = quote < 0 ? json.length : quote
    if (end - begin >= longRun) {
      text += json.slice(from, begin)
      pieces.push({ at: text.length, content: json.slice(begin, end) })
      from = end
    }
    begin = end + 1
  }
  return pieces.length === 0 ? undefined : { text: text + json.slice(from), pieces }
}

/** The text as it is kept, with the hash of each piece: `cut:[[place, hash], …]`, a line's end, the rest. */
export function writeCut({ text, pieces }: Cut, hashes: readonly string[]): string {
  return `${mark}${JSON.stringify(pieces.map(({ at }, place) => [at, hashes[place]]))}\n${text}`
}

export const isCut = (kept: string): boolean => kept.startsWith(mark)

/** The hashes of what was cut out of a text, and the text with it put back. */
export function readCut(kept: string): { readonly hashes: readonly string[]; join(contents: readonly string[]): string } {
  const end = kept.indexOf('\n')
  // Written by `writeCut` alone.
  const places = JSON.parse(kept.slice(mark.length, end)) as [at: number, hash: string][]
  const text = kept.slice(end + 1)
  return {
    hashes: places.map(([, hash]) => hash),
    join(contents) {
      let joined = ''
      let from = 0
      for (const [place, [at]] of places.entries()) {
        joined += text.slice(from, at) + (contents[place] ?? '')
        from = at
      }
      return joined + text.slice(from)
    },
  }
}
