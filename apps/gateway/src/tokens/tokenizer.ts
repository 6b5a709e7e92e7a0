/** A word or so of a text, with the number of tokens that stand for it. */
export interface Piece {
  readonly text: string
  readonly tokens: number
}

/** Cuts texts into the tokens of one encoding. */
export interface Tokenizer {
  /** The text in pieces, cut only as they are asked for. Their texts joined are the text. */
  pieces(text: string): Iterable<Piece>
  /** The longest beginning of a piece, in whole characters, that takes no more tokens than these. */
  beginning(piece: Piece, tokens: number): Piece
  count(text: string): number
}

// Joining the bytes of one unbroken run takes time that grows with the square of its length: a run is cut here at the latest.
const longestRun = 256

// A text may hold the name of a special token without meaning it.
const asPlainText = { disallowedSpecial: new Set<string>() }

const tables = {
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
} as const

export type Encoding = keyof typeof tables

/** The encoding of a model by its name; the newest for one whose maker does not say. */
export function encodingOf(model: string): Encoding {
  const name = model.slice(model.lastIndexOf('/') + 1)
  return /^gpt-(4(?!o|\.\d)|3\.?5)/.test(name) ? 'cl100k_base' : 'o200k_base'
}

const loading = new Map<Encoding, Promise<Tokenizer>>()

/** A tokenizer, loaded at its first use: its table takes a fifth of a second, which a start should not. */
export function loadTokenizer(encoding: Encoding = 'o200k_base'): Promise<Tokenizer> {
  const loaded = loading.get(encoding) ?? load(encoding)
  loading.set(encoding, loaded)
  return loaded
}

async function load(encoding: Encoding): Promise<Tokenizer> {
  const { countTokens, decode, encodeGenerator } = await tables[encoding]()

  function* pieces(text: string): Generator<Piece> {
    for (const run of runs(text)) {
      // Never half a character here: the library would keep its bytes for its next call, which may be for another answer.
      for (const tokens of encodeGenerator(run, asPlainText)) yield { text: decode(tokens), tokens: tokens.length }
    }
  }

  function count(text: string): number {
    let tokens = 0
    for (const run of runs(text)) tokens += countTokens(run, asPlainText)
    return tokens
  }

  function beginning(piece: Piece, tokens: number): Piece {
    const characters = [...piece.text]
    let text = piece.text
    while (countTokens(text, asPlainText) > tokens && characters.pop() !== undefined) text = characters.join('')
    return { text, tokens }
  }

  return { pieces, beginning, count }
}

/** A text in stretches of bounded length that begin at a word where there is one: there a cut changes no token. */
function* runs(text: string): Generator<string> {
  let from = 0
  while (text.length - from > longestRun) {
    const end = from + longestRun
    const space = text.lastIndexOf(' ', end)
    let cut = space > from ? space : end
    if (cut === end && isHighSurrogate(text.charCodeAt(end - 1))) cut = end - 1
    yield text.slice(from, cut)
    from = cut
  }
  if (from < text.length) yield text.slice(from)
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
