import { callIdOf } from '../call-id-of.js'
import { assemble, type Assembly } from '../canonical/assembly.js'
import type { Event } from '../canonical/event.js'
import { extrasOf } from '../canonical/extras.js'
import type { Item, ItemStatus } from '../canonical/item.js'
import { isRecord, isString, type Loose } from '../narrow.js'
import { decodeBlocks } from './blocks-decode.js'
import { decodeCitation } from './citations.js'
import { replayOf } from './reasoning.js'
import { decodeCallId } from './tool-ids.js'
import { wholeBlock } from './whole-block.js'

type Emit = (event: Event) => void

/** An item that has begun. */
interface OpenItem {
  readonly number: number
  readonly type: Item['type']
  end(status: ItemStatus | undefined): Item
  readonly assembly: Assembly
  /** Its blocks that go on. */
  running: number
  parts: number
}

/** A block that goes on: takes its deltas, and does what is left to do when it stops. */
interface OpenBlock {
  delta(wire: Loose, emit: Emit): void
  stop(emit: Emit): void
}

/** The blocks of an answer, by their index, as items. */
export interface Blocks {
  start(index: unknown, start: unknown, emit: Emit): void
  delta(index: unknown, delta: unknown, emit: Emit): void
  stop(index: unknown, emit: Emit): void
  /** Ends the items whose blocks have stopped. */
  settle(emit: Emit): void
  /** Ends all of them; `last` is how the last one ended. */
  end(last: ItemStatus, emit: Emit): void
}

/**
 * An item ends where another begins, not where its block stops: the answer's end may say that its last item is not whole, and a text
 * may go on in the next block. Only calls are sure to have a start; any other block begins with its first delta.
 */
export function readBlocks(): Blocks {
  const blocks = new Map<unknown, OpenBlock>()
  const open: OpenItem[] = []
  let count = 0

  function close(item: OpenItem, status: ItemStatus, emit: Emit): void {
    const own = item.type === 'message' || item.type === 'tool-call' || status === 'incomplete'
    emit({ type: 'item-end', item: item.number, end: item.end(own ? status : undefined) })
  }

  function settle(emit: Emit): void {
    for (const item of open.filter(({ running }) => running === 0)) {
      open.splice(open.indexOf(item), 1)
      close(item, 'completed', emit)
    }
  }

  function begin(start: Item, emit: Emit, end?: (status: ItemStatus | undefined) => Item): OpenItem {
    settle(emit)
    const assembly = assemble(start)
    const item = { number: count++, type: start.type, end: end ?? assembly.item, assembly, running: 1, parts: 0 }
    open.push(item)
    emit({ type: 'item-start', item: item.number, start })
    return item
  }

  function tell(item: OpenItem, event: Event, emit: Emit): void {
    item.assembly.add(event)
    emit(event)
  }

  function message(emit: Emit): OpenItem {
    const last = open.at(-1)
    if (last?.type === 'message' && (last.parts > 0 || last.running > 0)) {
      last.running++
      return last
    }
    return begin({ type: 'message', role: 'assistant', status: 'in_progress', content: [] }, emit)
  }

  function textBlock(emit: Emit): OpenBlock {
    const item = message(emit)
    // Its place is known when something of it is told: parts are numbered as they begin.
    let place: number | undefined
    const part = (): number => (place ??= item.parts++)
    const citations: Loose[] = []
    let length = 0
    return {
      delta({ text, citation }, emit) {
        if (isRecord(citation)) citations.push(citation)
        if (!isString(text) || text === '') return
        length += text.length
        tell(item, { type: 'text-delta', item: item.number, part: part(), kind: 'text', text }, emit)
      },
      // How much they are about is known at the end only.
      stop(emit) {
        for (const citation of citations)
          tell(item, { type: 'annotation', item: item.number, part: part(), annotation: decodeCitation(citation, length) }, emit)
        item.running--
      },
    }
  }

  function reasoningBlock(emit: Emit): OpenBlock {
    const item = begin({ type: 'reasoning', summary: [] }, emit)
    let whole = ''
    let signature: string | undefined
    const redacted: string[] = []
    return {
      delta({ reasoningContent }, emit) {
        if (!isRecord(reasoningContent)) return
        const { text } = reasoningContent
        if (isString(reasoningContent.signature)) signature = (signature ?? '') + reasoningContent.signature
        if (isString(reasoningContent.redactedContent)) redacted.push(reasoningContent.redactedContent)
        if (!isString(text) || text === '') return
        whole += text
        tell(item, { type: 'reasoning-delta', item: item.number, part: 0, kind: 'content', text }, emit)
      },
      stop(emit) {
        const block = redacted.length > 0 ? { redactedContent: joined(redacted) } : { text: whole, signature }
        const token = replayOf(block)
        if (token) tell(item, { type: 'replay-token', item: item.number, token }, emit)
        item.running--
      },
    }
  }

  function callBlock({ toolUseId, name, ...rest }: Loose, beside: Loose, emit: Emit): OpenBlock {
    const extras = extrasOf('converse', Object.keys(rest).length > 0 ? { ...beside, toolUse: rest } : beside)
    const callId = callIdOf(isString(toolUseId) && decodeCallId(toolUseId))
    const called = { name: isString(name) ? name : '', callId, arguments: '', ...extras }
    const item = begin({ type: 'tool-call', kind: 'function', status: 'in_progress', ...called }, emit)
    let said = false

    function say(text: string, emit: Emit): void {
      said ||= text !== ''
      if (text !== '') tell(item, { type: 'arguments-delta', item: item.number, text }, emit)
    }

    return {
      delta({ toolUse }, emit) {
        if (isRecord(toolUse) && isString(toolUse.input)) say(toolUse.input, emit)
      },
      stop(emit) {
        // A call without arguments comes without any delta.
        if (!said) say('{}', emit)
        item.running--
      },
    }
  }

  /** A block of any other kind comes whole, when it stops. */
  function otherBlock(start: Loose): OpenBlock {
    const block = wholeBlock(start)
    return {
      delta: (wire) => block.add(wire),
      stop(emit) {
        const [item] = decodeBlocks([block.wire()], { role: 'assistant', status: 'completed' })
        if (!item) return
        const first: Item = item.type === 'message' ? { ...item, status: 'in_progress', content: [] } : item
        begin(first, emit, (status) => ({ ...item, ...(status && { status }) })).running = 0
      },
    }
  }

  function blockOf(index: unknown, delta: Loose, emit: Emit): OpenBlock {
    const known = blocks.get(index)
    if (known) return known
    let block: OpenBlock
    if ('text' in delta || isRecord(delta.citation)) block = textBlock(emit)
    else if ('reasoningContent' in delta) block = reasoningBlock(emit)
    else if ('toolUse' in delta) block = callBlock({}, {}, emit)
    else block = otherBlock({})
    blocks.set(index, block)
    return block
  }

  function stop(index: unknown, emit: Emit): void {
    blocks.get(index)?.stop(emit)
    blocks.delete(index)
  }

  return {
    start(index, start, emit) {
      if (!isRecord(start) || Object.keys(start).length === 0) return
      const { toolUse, ...beside } = start
      if (isRecord(toolUse) && !isString(toolUse.type)) blocks.set(index, callBlock(toolUse, beside, emit))
      // Some servers say of text and reasoning that they begin, with nothing in it.
      else if (!('text' in start) && !('reasoningContent' in start)) blocks.set(index, otherBlock(start))
    },
    delta(index, delta, emit) {
      // An empty text begins nothing.
      if (!isRecord(delta) || (delta.text === '' && !blocks.has(index))) return
      blockOf(index, delta, emit).delta(delta, emit)
    },
    stop,
    settle,
    end(last, emit) {
      for (const index of blocks.keys()) stop(index, emit)
      for (const item of open.splice(0)) close(item, item.number === count - 1 ? last : 'completed', emit)
    },
  }
}

/** Base64 that comes in pieces: each may end in padding of its own. */
function joined(pieces: readonly string[]): string {
  return pieces.length === 1 ? (pieces[0] ?? '') : btoa(pieces.map((piece) => atob(piece)).join(''))
}
