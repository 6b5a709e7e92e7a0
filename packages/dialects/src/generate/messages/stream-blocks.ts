import type { Event } from '../canonical/event.js'
import type { Item } from '../canonical/item.js'
import { isString, type Loose } from '../narrow.js'
import { openItems, type OpenItem } from '../open-items.js'
import { objectOf } from '../tools/arguments.js'
import { wholeItem } from './blocks-decode.js'
import { decodeCitation } from './citations.js'
import { decodeThinkingBlock, redactedToken, signedToken } from './thinking-block.js'
import { decodeToolUse } from './tool-use.js'

type Emit = (event: Event) => void

/** A block that has begun and not ended. */
interface OpenBlock {
  /** False for a kind of delta that the block does not know. */
  delta(delta: Loose, emit: Emit): boolean
  end(emit: Emit): void
}

/** The blocks of one stream as items. */
export interface StreamBlocks {
  start(index: unknown, wire: Loose, emit: Emit): void
  /** False for a delta that is newer than the code. */
  delta(index: unknown, delta: Loose, emit: Emit): boolean
  end(index: unknown, emit: Emit): void
  /** Ends what is open; the last item of an answer that was cut short bears that. */
  endAll(incomplete: boolean, emit: Emit): void
  /** Whether a call was among them. */
  readonly calls: () => boolean
}

const text = (value: unknown): string => (isString(value) ? value : '')

/**
 * An item is held open beyond its block until the next one begins: only then it is known that no more text joins it, and how an answer
 * ended is told after its last block. Blocks follow one another, but a server that lets them overlap is understood as well.
 */
export function streamBlocks(): StreamBlocks {
  const items = openItems()
  const blocks = new Map<unknown, OpenBlock>()
  /** Items whose blocks have ended. */
  const held = new Set<OpenItem>()
  let last: OpenItem | undefined
  let message: { readonly item: OpenItem; parts: number; running: number } | undefined
  let calls = false

  function begin(start: Item, emit: Emit): OpenItem {
    for (const item of held) items.close(item, emit)
    held.clear()
    message = undefined
    last = items.open(start, emit)
    return last
  }

  function add(item: OpenItem, event: Event, emit: Emit): void {
    item.assembly.add(event)
    emit(event)
  }

  function textBlock(wire: Loose, emit: Emit): OpenBlock {
    if (!message) {
      const item = begin({ type: 'message', role: 'assistant', status: 'in_progress', content: [] }, emit)
      message = { item, parts: 0, running: 0 }
    }
    const own = message
    const { item } = own
    held.delete(item)
    own.running++
    let place: number | undefined
    // An empty block is no part: its number would be missing in the message.
    const part = (): number => (place ??= own.parts++)
    const citations: unknown[] = Array.isArray(wire.citations) ? [...wire.citations] : []
    let said = ''
    const say = (more: string, to: Emit): void => {
      said += more
      add(item, { type: 'text-delta', item: item.number, part: part(), kind: 'text', text: more }, to)
    }
    if (text(wire.text) !== '') say(text(wire.text), emit)
    return {
      delta(delta, emit) {
        if (delta.type === 'text_delta') say(text(delta.text), emit)
        else if (delta.type === 'citations_delta') citations.push(delta.citation)
        else return false
        return true
      },
      // A citation is of the whole text, whose end is known now.
      end(emit) {
        for (const citation of citations) {
          const annotation = decodeCitation(citation, said)
          if (annotation) add(item, { type: 'annotation', item: item.number, part: part(), annotation }, emit)
        }
        own.running--
        if (own.running === 0) held.add(item)
      },
    }
  }

  function thinkingBlock(wire: Loose, emit: Emit): OpenBlock {
    const { thinking, signature: first, ...rest } = wire
    const { replay: _, ...start } = decodeThinkingBlock(rest, undefined)
    const item = begin(start, emit)
    let signature = text(first)
    let said = ''
    const think = (more: string, to: Emit): void => {
      said += more
      if (more !== '') add(item, { type: 'reasoning-delta', item: item.number, part: 0, kind: 'summary', text: more }, to)
    }
    think(text(thinking), emit)
    return {
      delta(delta, emit) {
        if (delta.type === 'thinking_delta') think(text(delta.thinking), emit)
        else if (delta.type === 'signature_delta') signature += text(delta.signature)
        else return false
        return true
      },
      end(emit) {
        token(item, signedToken(said, signature), emit)
        held.add(item)
      },
    }
  }

  function token(item: OpenItem, payload: string | undefined, emit: Emit): void {
    if (payload) add(item, { type: 'replay-token', item: item.number, token: { dialect: 'messages', payload } }, emit)
  }

  function redactedBlock(wire: Loose, emit: Emit): OpenBlock {
    const { replay: _, ...start } = decodeThinkingBlock(wire, undefined)
    const item = begin(start, emit)
    token(item, redactedToken(text(wire.data)), emit)
    return { delta: () => false, end: () => void held.add(item) }
  }

  function callBlock(wire: Loose, emit: Emit): OpenBlock {
    calls = true
    const { input = {}, ...rest } = wire
    const item = begin({ ...decodeToolUse(rest, { status: 'in_progress' }), arguments: '' }, emit)
    let any = false
    const write = (more: string, to: Emit): void => {
      if (more === '') return
      any = true
      add(item, { type: 'arguments-delta', item: item.number, text: more }, to)
    }
    return {
      delta(delta, emit) {
        if (delta.type !== 'input_json_delta') return false
        write(text(delta.partial_json), emit)
        return true
      },
      // Without a delta the input is what stood at the beginning, mostly an empty object.
      end(emit) {
        if (!any) write(isString(input) ? input : JSON.stringify(input), emit)
        held.add(item)
      },
    }
  }

  /** What the provider ran, or what is newer than the code: an item once it is whole. */
  function wholeBlock(wire: Loose): OpenBlock {
    let json = ''
    return {
      delta(delta) {
        if (delta.type !== 'input_json_delta') return false
        json += text(delta.partial_json)
        return true
      },
      end(emit) {
        held.add(begin(wholeItem(json === '' ? wire : { ...wire, input: objectOf(json) ?? { input: json } }, undefined), emit))
      },
    }
  }

  function open(wire: Loose, emit: Emit): OpenBlock {
    switch (wire.type) {
      case 'text':
        return textBlock(wire, emit)
      case 'thinking':
        return thinkingBlock(wire, emit)
      case 'redacted_thinking':
        return redactedBlock(wire, emit)
      case 'tool_use':
        return callBlock(wire, emit)
      default:
        return wholeBlock(wire)
    }
  }

  function end(index: unknown, emit: Emit): void {
    blocks.get(index)?.end(emit)
    blocks.delete(index)
  }

  return {
    start(index, wire, emit) {
      end(index, emit)
      blocks.set(index, open(wire, emit))
    },
    delta(index, delta, emit) {
      let block = blocks.get(index)
      // Some servers begin no block.
      if (!block && (delta.type === 'text_delta' || delta.type === 'thinking_delta')) {
        block = open({ type: delta.type === 'text_delta' ? 'text' : 'thinking' }, emit)
        blocks.set(index, block)
      }
      return block?.delta(delta, emit) ?? false
    },
    end,
    endAll(incomplete, emit) {
      for (const index of blocks.keys()) end(index, emit)
      if (last && incomplete) last.status = 'incomplete'
      items.closeAll(emit)
    },
    calls: () => calls,
  }
}
