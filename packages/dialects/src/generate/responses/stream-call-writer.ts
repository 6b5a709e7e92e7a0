import type { SseFrame } from '../../dialect.js'
import { isBuiltIn, type ToolCallItem } from '../canonical/item.js'
import { isRecord } from '../narrow.js'
import { actionOf } from './built-in-actions.js'
import type { FrameWriter } from './stream-frames.js'

type Emit = (frame: SseFrame) => void

/** Writes what a call says between the frames that begin and end its item. */
export interface CallWriter {
  /** Whether the item begins only when its call is known. */
  readonly waits?: true
  /** The call as it stood when it began, for one that has waited. */
  begin(call: ToolCallItem): ToolCallItem
  delta(text: string, emit: Emit): void
  end(call: ToolCallItem, emit: Emit): void
}

export interface CallPlace {
  readonly item_id: string
  readonly output_index: number
}

/**
 * Arguments and free text go as they come. The action of a built-in tool goes with its item, at the end: OpenAI has frames for pieces
 * of some of them, on which its own SDK broke off for months (`responses.stream()` throws for events that it does not know).
 */
export function callWriter(start: ToolCallItem, place: CallPlace, frames: FrameWriter): CallWriter {
  if (!isBuiltIn(start.kind)) return textWriter(start, place, frames)
  // Clients want to know from the beginning which file is patched.
  if (start.kind === 'apply_patch') return { waits: true, begin: withoutDiff, delta() {}, end() {} }
  return { begin: emptied, delta() {}, end() {} }
}

function textWriter(start: ToolCallItem, place: CallPlace, frames: FrameWriter): CallWriter {
  const [name, field] = start.kind === 'custom' ? ['custom_tool_call_input', 'input'] : ['function_call_arguments', 'arguments']
  const type = `response.${name}.delta`
  const at = `"item_id":${JSON.stringify(place.item_id)},"output_index":${place.output_index}`
  let sent = 0
  function delta(text: string, emit: Emit): void {
    sent += text.length
    emit(frames.delta(type, at, text, ''))
  }
  return {
    begin: emptied,
    delta,
    end(call, emit) {
      // At least one delta, and all of it: some clients read deltas only.
      if (call.arguments.length > sent || sent === 0) delta(call.arguments.slice(sent), emit)
      const fields = { ...place, [field]: call.arguments }
      emit(frames.event(`response.${name}.done`, call.kind === 'custom' ? fields : { ...fields, name: call.name }))
    },
  }
}

const emptied = (call: ToolCallItem): ToolCallItem => ({ ...call, arguments: '', status: 'in_progress' })

function withoutDiff(call: ToolCallItem): ToolCallItem {
  const { value } = actionOf('apply_patch', call.arguments)
  const operation = isRecord(value) && 'diff' in value ? { ...value, diff: '' } : value
  return { ...call, arguments: JSON.stringify(operation), status: 'in_progress' }
}
