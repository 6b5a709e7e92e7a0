import type { Owner } from '../ports/owner.js'
import type { ChainLink, StoredResponse } from '../ports/response-store.js'
import type { WebSocketLimits } from './limits.js'

/** The turns that lead to a response of this connection. */
export interface LocalChain {
  /** The stored response that the first of these turns continued, if any. */
  readonly stored: string | null
  /** The turns that are not in the store, oldest first. */
  readonly links: readonly ChainLink[]
}

/** Responses that are in no store: they can be continued on the connection that made them, and nowhere else. */
export interface LocalResponses {
  /** `undefined` where there is none, it was dropped, or it is another owner's. */
  find(owner: Owner, id: string): LocalChain | undefined
  keep(response: StoredResponse): void
  /** It cannot be continued any more; what continued it already is not touched. */
  evict(id: string): void
}

/** The responses of one connection, within what all connections may hold. */
export interface Memory extends LocalResponses {
  /** Characters of JSON that are held. */
  readonly size: number
  /** Drops the response that was made first. */
  dropFirst(): void
}

interface Turn {
  readonly owner: Owner
  readonly link: ChainLink
  readonly before: Turn | string | null
}

/**
 * A memory within these bounds: where one is passed, the response that was made first is dropped. A turn stays as long as a
 * response that came of it can be continued, so that a chain may be longer than the number of responses. `kept` is called
 * whenever the memory has grown.
 */
export function localResponses(
  { localResponses: most, localSize }: Pick<WebSocketLimits, 'localResponses' | 'localSize'>,
  kept: () => void,
): Memory {
  const turns = new Map<string, Turn>()
  let size = 0

  function drop(id: string): void {
    turns.delete(id)
    size = sizeOf(turns.values())
  }

  function dropFirst(): void {
    for (const id of turns.keys()) return drop(id)
  }

  return {
    get size() {
      return size
    },
    dropFirst,
    find(owner, id) {
      const last = turns.get(id)
      if (!last || last.owner.tenant !== owner.tenant || last.owner.subject !== owner.subject) return undefined
      const chain = [...back(last)].toReversed()
      const before = chain[0]?.before
      return { stored: typeof before === 'string' ? before : null, links: chain.map(({ link }) => link) }
    },
    keep({ id, owner, parent, conversation, input, response }) {
      const before = parent === null ? null : (turns.get(parent) ?? parent)
      turns.set(id, { owner, link: { id, ...(conversation && { conversation }), input, response }, before })
      size = sizeOf(turns.values())
      while (turns.size > most || size > localSize) dropFirst()
      kept()
    },
    evict: drop,
  }
}

/** A turn and those before it, newest first. */
function* back(last: Turn): Generator<Turn> {
  for (let turn: Turn | string | null = last; turn !== null && typeof turn !== 'string'; turn = turn.before) yield turn
}

/** What these turns take, and the turns before them, each counted once. */
function sizeOf(turns: Iterable<Turn>): number {
  const seen = new Set<Turn>()
  let size = 0
  for (const last of turns)
    for (const turn of back(last)) {
      if (seen.has(turn)) break
      seen.add(turn)
      size += turn.link.input.length + turn.link.response.length
    }
  return size
}
