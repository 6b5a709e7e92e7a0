import type { messages } from '@weir/contracts'
import type { SseFrame } from '../../dialect.js'
import type { Event } from '../canonical/event.js'
import type { Item, MessageItem, ReasoningItem, ToolCallItem } from '../canonical/item.js'
import { isRecord } from '../narrow.js'
import { wrapInput } from '../tools/unwrap.js'
import type { FlatTools } from '../tools/flatten.js'
import { encodeCitation } from './citations.js'
import { block } from './parts.js'
import { encodeThinkingBlock, showThinking } from './thinking-block.js'
import { encodeToolUse, inputOf } from './tool-use.js'

type Emit = (frame: SseFrame) => void

/** Writes the blocks of one item, while no other item is written. */
export interface ItemWriter {
  add(event: Event, emit: Emit): void
  /** `item` as it ended; without it the stream ends before the item does. */
  end(item: Item | undefined, emit: Emit): void
}

/** Writes one block after the other, numbered. */
export interface BlockWriter {
  start(wire: object, emit: Emit): void
  /** `delta` as JSON. */
  delta(delta: string, emit: Emit): void
  end(emit: Emit): void
}

export function blockWriter(): BlockWriter {
  let index = -1
  let open = false
  let head = ''

  function end(emit: Emit): void {
    if (open) emit({ event: 'content_block_stop', data: JSON.stringify({ type: 'content_block_stop', index }) })
    open = false
  }

  return {
    start(wire, emit) {
      end(emit)
      index++
      open = true
      head = `{"type":"content_block_delta","index":${index},"delta":`
      const data = JSON.stringify({ type: 'content_block_start', index, content_block: wire })
      emit({ event: 'content_block_start', data })
    },
    delta(delta, emit) {
      emit({ event: 'content_block_delta', data: `${head}${delta}}` })
    },
    end,
  }
}

export function itemWriter(start: Item, blocks: BlockWriter, nameOf: FlatTools['nameOf'], emit: Emit): ItemWriter {
  switch (start.type) {
    case 'message':
      return messageWriter(blocks)
    case 'reasoning':
      return thinkingWriter(blocks)
    case 'tool-call':
      return callWriter(start, blocks, nameOf, emit)
    default:
      return wholeWriter(blocks)
  }
}

/** A block for each part. Nothing begins one but text, for an empty text is none. */
function messageWriter(blocks: BlockWriter): ItemWriter {
  let open: number | undefined
  let any = false

  function say(part: number, text: string, emit: Emit): void {
    if (open !== part) {
      open = part
      any = true
      blocks.start({ type: 'text', text: '' }, emit)
    }
    if (text !== '') blocks.delta(`{"type":"text_delta","text":${JSON.stringify(text)}}`, emit)
  }

  function cite(part: number, citation: messages.Citation | undefined, emit: Emit): void {
    if (!citation) return
    say(part, '', emit)
    blocks.delta(JSON.stringify({ type: 'citations_delta', citation }), emit)
  }

  /** A message that came without deltas. */
  function whole({ content }: MessageItem, emit: Emit): void {
    for (const [index, part] of content.entries()) {
      const text = part.type === 'text' ? part.text : part.type === 'refusal' ? part.refusal : ''
      if (text !== '') say(index, text, emit)
      for (const annotation of (part.type === 'text' && part.annotations) || [])
        cite(index, encodeCitation(annotation, 'shown'), emit)
    }
  }

  return {
    add(event, emit) {
      if (event.type === 'text-delta' && event.text !== '') say(event.part, event.text, emit)
      else if (event.type === 'annotation') cite(event.part, encodeCitation(event.annotation, 'shown'), emit)
    },
    end(item, emit) {
      if (!any && item?.type === 'message') whole(item, emit)
      blocks.end(emit)
    },
  }
}

/** Begins with the first text, or where there is none with the token: only that tells whether the thinking may be shown at all. */
function thinkingWriter(blocks: BlockWriter): ItemWriter {
  let kind: 'summary' | 'content' | undefined
  let part = 0

  return {
    add(event, emit) {
      if (event.type !== 'reasoning-delta' || (event.text === '' && kind === undefined)) return
      const first = kind === undefined
      kind ??= event.kind
      // A caller is shown the summary or the reasoning, not both.
      if (kind !== event.kind) return
      if (first) blocks.start({ type: 'thinking', thinking: '', signature: '' }, emit)
      const text = first || part === event.part ? event.text : `\n\n${event.text}`
      part = event.part
      blocks.delta(`{"type":"thinking_delta","thinking":${JSON.stringify(text)}}`, emit)
    },
    end(item, emit) {
      if (item?.type === 'reasoning') sign(item, emit)
      blocks.end(emit)
    },
  }

  function sign(item: ReasoningItem, emit: Emit): void {
    const wire = kind === undefined ? showThinking(item) : encodeThinkingBlock(item)
    if (wire?.type === 'redacted_thinking') return blocks.start(block(wire, item.extras?.messages), emit)
    // The union of blocks is open at its end: these are its own.
    const { thinking, signature } = (wire ?? { thinking: '', signature: '' }) as messages.ThinkingBlock
    if (kind === undefined) {
      if (!wire) return
      blocks.start(block({ type: 'thinking', thinking: '', signature: '' }, item.extras?.messages), emit)
      if (thinking !== '') blocks.delta(JSON.stringify({ type: 'thinking_delta', thinking }), emit)
    }
    if (signature !== '') blocks.delta(JSON.stringify({ type: 'signature_delta', signature }), emit)
  }
}

/** The input in pieces as it comes. What cannot become an object, and free text, waits for its end. */
function callWriter(start: ToolCallItem, blocks: BlockWriter, nameOf: FlatTools['nameOf'], emit: Emit): ItemWriter {
  const { input: _, ...wire } = encodeToolUse(start, nameOf(start))
  let text = ''
  let mode: 'unknown' | 'pieces' | 'whole' = start.kind === 'custom' ? 'whole' : 'unknown'
  blocks.start(block({ ...wire, input: {} }, start.extras?.messages), emit)

  function write(json: string, emit: Emit): void {
    blocks.delta(`{"type":"input_json_delta","partial_json":${JSON.stringify(json)}}`, emit)
  }

  return {
    add(event, emit) {
      if (event.type !== 'arguments-delta' || event.text === '') return
      text += event.text
      if (mode === 'unknown' && text.trim() !== '') {
        mode = text.trimStart().startsWith('{') ? 'pieces' : 'whole'
        if (mode === 'pieces') return write(text, emit)
      }
      if (mode === 'pieces') write(event.text, emit)
    },
    end(item, emit) {
      const all = item?.type === 'tool-call' && text === '' ? item.arguments : text
      if (start.kind === 'custom') write(wrapInput(all), emit)
      else if (mode !== 'pieces' && all.trim() !== '') write(JSON.stringify(inputOf(all).input), emit)
      blocks.end(emit)
    },
  }
}

/** What came whole goes whole, but for an input, which this stream brings in pieces. */
function wholeWriter(blocks: BlockWriter): ItemWriter {
  return {
    add() {},
    end(item, emit) {
      if (item?.type !== 'hosted-tool-call' && item?.type !== 'foreign') return
      const { input, ...rest } = item.wire as { readonly input?: unknown }
      if (isRecord(input)) {
        blocks.start({ ...rest, input: {} }, emit)
        blocks.delta(JSON.stringify({ type: 'input_json_delta', partial_json: JSON.stringify(input) }), emit)
      } else blocks.start(item.wire, emit)
      blocks.end(emit)
    },
  }
}
