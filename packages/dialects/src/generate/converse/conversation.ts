import type { Loss } from '../canonical/loss.js'
import { approximated } from '../losses.js'
import type { ContentBlock, Message } from './wire.js'

/** One message of a side, under way. */
interface Turn {
  readonly role: 'user' | 'assistant'
  readonly blocks: ContentBlock[]
  /** The latest source message in it. */
  turn: number | undefined
  /** How many of the blocks, from the first on, are results of calls. */
  results: number
  /** Whether somebody said something in it. */
  said: boolean
  rest: object
}

/** A message of a role that is newer than the code. */
interface Whole {
  readonly whole: Message
}

/** Where a block comes from. */
export interface Source {
  readonly path: string
  readonly turn: number | undefined
  /** What its message has beside role and blocks. */
  readonly rest?: object
}

/** Messages of two sides, one after the other, beginning with the user's, and the results of calls right behind them. */
export interface Conversation {
  add(role: 'user' | 'assistant', blocks: readonly ContentBlock[], source: Source): void
  call(callId: string, blocks: readonly ContentBlock[], source: Source): void
  /** False where nobody called: the result has no place. */
  result(callId: string, blocks: readonly ContentBlock[], source: Source): boolean
  whole(message: Message): void
  readonly isEmpty: boolean
  messages(): Message[]
}

export function conversation(losses: Loss[]): Conversation {
  const turns: (Turn | Whole)[] = []
  const callers = new Map<string, Turn>()

  /** The message of this side that goes on, or a new one. Two messages of one side in a row become one, a declared loss. */
  function turnOf(role: Turn['role'], { path, turn, rest }: Source, said: boolean): Turn {
    const last = turns.at(-1)
    if (last && 'role' in last && last.role === role) {
      if (said && last.said && last.turn !== turn)
        losses.push(approximated(path, 'It becomes one message with the one before it: the two sides take turns in Converse.'))
      if (said) {
        last.turn = turn
        last.said = true
      }
      last.rest = { ...last.rest, ...rest }
      return last
    }
    if (turns.length === 0 && role === 'assistant') {
      losses.push(approximated(path, 'A conversation begins with the user in Converse: a message was put before it.'))
      turns.push({ role: 'user', blocks: [{ text: opening }], turn: undefined, results: 0, said: true, rest: {} })
    }
    const begun: Turn = { role, blocks: [], turn, results: 0, said, rest: { ...rest } }
    turns.push(begun)
    return begun
  }

  function add(role: Turn['role'], blocks: readonly ContentBlock[], source: Source): Turn {
    const turn = turnOf(role, source, true)
    turn.blocks.push(...blocks)
    return turn
  }

  return {
    add,
    call(callId, blocks, source) {
      callers.set(callId, add('assistant', blocks, source))
    },
    result(callId, blocks, source) {
      const caller = callers.get(callId)
      if (!caller) return false
      const next = turns[turns.indexOf(caller) + 1]
      const answers = next && 'role' in next ? next : turnOf('user', source, false)
      const isBehind = answers === turns.at(-1) && (answers.blocks.length === answers.results || answers.turn === source.turn)
      if (!isBehind) losses.push(approximated(source.path, 'The result was moved to directly behind its call.'))
      const place = isBehind ? answers.blocks.length : answers.results
      if (place === answers.results) answers.results += blocks.length
      answers.blocks.splice(place, 0, ...blocks)
      answers.rest = { ...answers.rest, ...source.rest }
      return true
    },
    whole(message) {
      turns.push({ whole: message })
    },
    get isEmpty() {
      return turns.length === 0
    },
    messages: () => turns.map((turn) => ('whole' in turn ? turn.whole : messageOf(turn))),
  }
}

const opening = '(The conversation begins with the assistant.)'
const besideDocuments = 'The documents of this message are attached.'

function messageOf({ role, blocks, rest }: Turn): Message {
  const content =
    // Converse takes no document without a text beside it.
    blocks.some(({ document }) => document) && !blocks.some(({ text }) => text !== undefined)
      ? [...blocks, { text: besideDocuments }]
      : blocks
  return { ...rest, role, content }
}
