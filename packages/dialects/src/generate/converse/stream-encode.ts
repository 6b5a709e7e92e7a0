import type { Answering, SseFrame } from '../../dialect.js'
import type { Reader } from '../../reader.js'
import type { Event, ReasoningDelta } from '../canonical/event.js'
import type { Extras } from '../canonical/extras.js'
import type { Item, ToolCallItem } from '../canonical/item.js'
import type { Outcome, UpstreamFailure } from '../canonical/response.js'
import type { Usage } from '../canonical/usage.js'
import { failureError } from '../failure-error.js'
import { isRecord, overlay, type Loose } from '../narrow.js'
import { flattenTools } from '../tools/flatten.js'
import { encodeCitation } from './citations.js'
import { exceptionOf } from './error.js'
import { encodeStopReason } from './map-stop-reason.js'
import { documentNames } from './media.js'
import { encodeParts } from './parts-encode.js'
import { encodeReplay } from './reasoning.js'
import { encodeTail } from './response.js'
import { encodeCallId } from './tool-ids.js'

type Emit = (frame: SseFrame) => void

/** An item while it is written. Each of its parts is a block. */
interface WrittenItem {
  readonly start: Item
  /** The block that goes on, by its index. */
  block: number | undefined
  part: number | undefined
  /** Which of the two the first delta of reasoning brought, and its paragraph: one of them is shown, in one block. */
  reasoning?: { readonly kind: ReasoningDelta['kind']; part: number }
}

/** Events to frames. The ending comes with `turn-end`; an error is the frame of an exception, or the reason why the message stops. */
export function encodeStream(answering: Answering): Reader<Event, SseFrame> {
  const flat = flattenTools(answering.asked, { customTools: false, plainNames: true })
  const items = new Map<number, WrittenItem>()
  let blocks = 0
  let calls = false
  let usage: Usage | undefined

  const write = (event: string, wire: object, emit: Emit): void => emit({ event, data: JSON.stringify(wire) })

  function stop(item: WrittenItem, emit: Emit): void {
    if (item.block !== undefined) write('contentBlockStop', { contentBlockIndex: item.block }, emit)
    item.block = undefined
  }

  /** The block of this part, which begins where another one was written. */
  function delta(item: WrittenItem, part: number, delta: object, emit: Emit): void {
    if (item.part !== part) stop(item, emit)
    item.block ??= blocks++
    item.part = part
    write('contentBlockDelta', { contentBlockIndex: item.block, delta }, emit)
  }

  function begin(number: number, start: Item, emit: Emit): void {
    const item: WrittenItem = { start, block: undefined, part: undefined }
    items.set(number, item)
    if (start.type !== 'tool-call') return
    calls = true
    item.block = blocks++
    item.part = 0
    const { toolUse, ...beside } = start.extras?.converse ?? {}
    const called = { ...(isRecord(toolUse) && toolUse), toolUseId: encodeCallId(start.callId), name: flat.nameOf(start) }
    write('contentBlockStart', { contentBlockIndex: item.block, start: { ...beside, toolUse: called } }, emit)
    if (isFree(start)) delta(item, 0, { toolUse: { input: '{"input":"' } }, emit)
  }

  function reason({ item: number, kind, part, text }: ReasoningDelta, emit: Emit): void {
    const item = items.get(number)
    if (!item || text === '') return
    const known = (item.reasoning ??= { kind, part })
    if (known.kind !== kind) return
    const paragraph = known.part === part ? '' : '\n\n'
    known.part = part
    delta(item, 0, { reasoningContent: { text: paragraph + text } }, emit)
  }

  function end(number: number, whole: Item, emit: Emit): void {
    const item = items.get(number)
    if (!item) return
    if (whole.type === 'tool-call' && isFree(whole)) delta(item, 0, { toolUse: { input: '"}' } }, emit)
    stop(item, emit)
    if (whole.type === 'hosted-tool-call' && whole.dialect === 'converse') writeWhole({ ...whole.wire }, emit)
    // What no delta has brought.
    const unsaid = whole.type === 'message' ? whole.content.filter(({ type }) => type !== 'text' && type !== 'refusal') : []
    for (const block of encodeParts(unsaid, '', documentNames(), [])) writeWhole(block, emit)
  }

  /** A block that came whole: as much of it as its start and its deltas have a form for. */
  function writeWhole(wire: Loose, emit: Emit): void {
    const contentBlockIndex = blocks++
    const { toolUse, toolResult } = wire
    if (isRecord(toolUse)) {
      const { input, ...called } = toolUse
      write('contentBlockStart', { contentBlockIndex, start: { ...wire, toolUse: called } }, emit)
      const delta = { toolUse: { input: JSON.stringify(input) } }
      write('contentBlockDelta', { contentBlockIndex, delta }, emit)
    } else if (isRecord(toolResult)) {
      const { content, ...result } = toolResult
      write('contentBlockStart', { contentBlockIndex, start: { ...wire, toolResult: result } }, emit)
      write('contentBlockDelta', { contentBlockIndex, delta: { toolResult: content } }, emit)
    } else write('contentBlockDelta', { contentBlockIndex, delta: wire }, emit)
    write('contentBlockStop', { contentBlockIndex }, emit)
  }

  function ending(stopReason: string, told: { serviceTier?: string; extras?: Extras }, emit: Emit): void {
    const { additionalModelResponseFields, ...extras } = told.extras?.converse ?? {}
    write('messageStop', { stopReason, ...(isRecord(additionalModelResponseFields) && { additionalModelResponseFields }) }, emit)
    write('metadata', overlay(encodeTail({ ...told, ...(usage && { usage }) }), extras), emit)
  }

  function fail(failure: UpstreamFailure, emit: Emit): void {
    const outcome: Outcome = { status: 'failed', failure }
    const reason = encodeStopReason(outcome, calls)
    if (reason !== undefined) return ending(reason, {}, emit)
    const { status, message } = failureError(failure)
    write(eventOf(exceptionOf(status)), { message }, emit)
  }

  return {
    push(event, emit) {
      switch (event.type) {
        case 'turn-start':
          write('messageStart', { role: 'assistant' }, emit)
          break
        case 'item-start':
          begin(event.item, event.start, emit)
          break
        case 'text-delta': {
          const item = items.get(event.item)
          if (item && event.text !== '') delta(item, event.part, { text: event.text }, emit)
          break
        }
        case 'annotation': {
          const item = items.get(event.item)
          const citation = encodeCitation(event.annotation)
          if (item && citation) delta(item, event.part, { citation }, emit)
          break
        }
        case 'reasoning-delta':
          reason(event, emit)
          break
        case 'replay-token': {
          const item = items.get(event.item)
          const block = encodeReplay(event.token)
          const signature = block?.reasoningText?.signature
          if (item && signature !== undefined) delta(item, 0, { reasoningContent: { signature } }, emit)
          if (item && block?.redactedContent !== undefined)
            delta(item, 0, { reasoningContent: { redactedContent: block.redactedContent } }, emit)
          break
        }
        case 'arguments-delta': {
          const item = items.get(event.item)
          if (!item || event.text === '') break
          const input = item.start.type === 'tool-call' && isFree(item.start) ? inString(event.text) : event.text
          delta(item, 0, { toolUse: { input } }, emit)
          break
        }
        case 'item-end':
          end(event.item, event.end, emit)
          break
        case 'usage':
          usage = event.usage
          break
        case 'turn-end':
          ending(encodeStopReason(event.outcome, calls) ?? 'end_turn', event, emit)
          break
        case 'error':
          fail(event.failure, emit)
          break
        default:
          break
      }
    },
    end() {},
  }
}

/** Free text, which goes in the wrapping of a function. */
const isFree = ({ kind }: ToolCallItem): boolean => kind === 'custom'

const inString = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The name of an exception inside a stream. */
function eventOf(exception: string): string {
  switch (exception) {
    case 'ThrottlingException':
    case 'ServiceUnavailableException':
    case 'ValidationException':
    case 'InternalServerException':
      return exception.charAt(0).toLowerCase() + exception.slice(1)
    default:
      return 'modelStreamErrorException'
  }
}
