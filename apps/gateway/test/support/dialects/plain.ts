// What is said in any of the five languages, in one plain form: what a caller asks, what an upstream was asked, what an upstream
// answers and what a caller was told. Tests compare these, and never the wires.
import type { DialectName } from '@weir/dialects'

/** The languages that upstreams speak. */
export type SpokenName = Exclude<DialectName, 'completions'>
/** The languages in which callers can ask all that is asked here: the old completions know no tools and no turns. */
export type IngressName = Exclude<SpokenName, 'converse'>

/** A piece of what somebody says. Images are PNG and files PDF, as base64. */
export type Piece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly data: string }
  | { readonly type: 'file'; readonly data: string; readonly name?: string }

/**
 * One thing that a model says. `token` is opaque, and goes back to the model with its reasoning. What is `redacted` shows nothing but
 * that; `apart` is a token that stands on the reasoning itself, where others of its language stand on what follows.
 */
export type Said =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'refusal'; readonly text: string }
  | {
      readonly type: 'reasoning'
      readonly text: string
      readonly token?: string
      readonly redacted?: true
      readonly apart?: true
    }
  | Call

export interface Call {
  readonly type: 'call'
  /** Absent where the language gives none. */
  readonly id?: string
  readonly name: string
  /** JSON, without spaces. */
  readonly arguments: string
}

/** One thing of a conversation. A result names the call that it answers. */
export type Word =
  | Said
  | { readonly type: 'user'; readonly pieces: readonly Piece[] }
  | { readonly type: 'result'; readonly id?: string; readonly name: string; readonly pieces: readonly Piece[] }

/** What is asked of a model. */
export interface Question {
  readonly system?: string
  readonly words: readonly Word[]
  readonly tools?: readonly Tool[]
  readonly choice?: 'auto' | 'none' | 'required' | { readonly name: string }
  /** One call at a time. */
  readonly serial?: true
  /** The schema of the answer, which goes by the name `answer` where schemas have names. */
  readonly schema?: object
  readonly effort?: string
  /** Tokens. */
  readonly limit?: number
  readonly temperature?: number
}

export interface Tool {
  readonly name: string
  readonly description: string
  readonly parameters: object
}

/** What an upstream was asked, and how. */
export interface Asked extends Question {
  readonly model: string
  readonly stream: boolean
}

/** Tokens: the cached ones are part of the input, those of reasoning part of the output. */
export interface Spent {
  readonly input: number
  readonly cached: number
  readonly output: number
  readonly reasoning: number
}

/** How an answer ended: by itself, with calls that wait for results, at its limit, or because it was held back. */
export type Stop = 'end' | 'calls' | 'length' | 'filter'

export interface Answer {
  readonly said: readonly Said[]
  readonly stop: Stop
  readonly spent: Spent
}

/** What a caller read of an answer. */
export interface Told {
  readonly said: readonly Said[]
  /** Absent where the answer did not end. */
  readonly stop?: Stop | 'strange'
  readonly spent?: Spent
  readonly error?: ToldError
  /** What it did not know and had to skip, by its kind. Absent: nothing. */
  readonly strange?: readonly string[]
}

/** An error in the caller's language: the name that it has there, and what is said. */
export interface ToldError {
  readonly name: string
  readonly message: string
}

/** The classes of what may go wrong at a provider. */
export type Failing =
  | 'rejected'
  | 'unauthorized'
  | 'not found'
  | 'too large'
  | 'rate limited'
  | 'failed'
  | 'overloaded'
  | 'too long'

const isSaid = (word: Word): word is Said => word.type !== 'user' && word.type !== 'result'

/** Neighbours that make one message: what the model says in a turn, the results of its calls, and what the user says. */
export function messagesOf(
  words: readonly Word[],
): ({ readonly by: 'model'; readonly said: Said[] } | { readonly by: 'user'; readonly words: Exclude<Word, Said>[] })[] {
  const messages: ReturnType<typeof messagesOf> = []
  for (const word of words) {
    const last = messages.at(-1)
    if (isSaid(word)) {
      if (last?.by === 'model') last.said.push(word)
      else messages.push({ by: 'model', said: [word] })
    } else if (last?.by === 'user') last.words.push(word)
    else messages.push({ by: 'user', words: [word] })
  }
  return messages
}

/** Adds what was said to the last thing, where it is of the same kind: deltas make one text. */
export function append(said: Said[], more: Exclude<Said, Call>): void {
  const last = said.at(-1)
  if (last?.type === more.type) said[said.length - 1] = { ...last, ...more, text: last.text + more.text }
  else said.push(more)
}

/** A text in pieces of a few characters, none of them cut. */
export const inPieces = (text: string, length = 4): string[] => {
  const characters = [...text]
  return Array.from({ length: Math.ceil(characters.length / length) }, (_, place) =>
    characters.slice(place * length, (place + 1) * length).join(''),
  )
}

type Given<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name]
} & { [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined> }

/** The fields that are given. */
export function given<Fields extends object>(fields: Fields): Given<Fields> {
  // What is left of the fields has the types that it had.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>
}

/** A JSON object of a wire, into which tests look without a type for each place. */
export interface Wire {
  readonly [field: string]: unknown
}

export const wires = (value: unknown): readonly Wire[] => (Array.isArray(value) ? (value as Wire[]) : [])

export const wire = (value: unknown): Wire => (typeof value === 'object' && value !== null ? (value as Wire) : {})

/** An object but for one of its fields. */
export const without = (of: Wire, field: string): Wire =>
  Object.fromEntries(Object.entries(of).filter(([name]) => name !== field))

/** Each of a list, where there is one. */
export const eachOf = <T>(value: unknown, read: (entry: Wire) => T): T[] | undefined =>
  value === undefined ? undefined : wires(value).map(read)

/** The bytes of a `data:` URL, as base64. */
export const bytesOf = (url: unknown): string => String(url).replace(/^data:[^,]*,/, '')

/** The payload of every event of a stream, with its name; comments are left out. Throws for what ends within an event. */
export function eventsOf(text: string): { readonly event?: string; readonly data: string }[] {
  const blocks = text.split('\n\n')
  if (blocks.pop() !== '') throw new Error(`The stream ends in the middle of an event: ${text.slice(-100)}`)
  return blocks
    .filter((block) => !block.startsWith(':'))
    .map((block) => {
      const lines = block.split('\n')
      const field = (name: string): string | undefined =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      const event = field('event')
      return { ...(event !== undefined && { event }), data: field('data') ?? '' }
    })
}
