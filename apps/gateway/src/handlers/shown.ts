// What of a kept item is shown only to whoever asks for it by name.
import type { Includable, responses } from '@weir/contracts'

type Loose = Readonly<Record<string, unknown>>

interface Hidden {
  /** The type of the items that it is about. */
  readonly type: string
  readonly without: (item: Loose) => Loose
}

const hidden: Readonly<Record<Includable, Hidden>> = {
  'reasoning.encrypted_content': { type: 'reasoning', without: (item) => lacking(item, 'encrypted_content') },
  'file_search_call.results': { type: 'file_search_call', without: (item) => lacking(item, 'results') },
  'web_search_call.results': { type: 'web_search_call', without: (item) => lacking(item, 'results') },
  'web_search_call.action.sources': { type: 'web_search_call', without: (item) => within(item, 'action', 'sources') },
  'computer_call_output.output.image_url': {
    type: 'computer_call_output',
    without: (item) => within(item, 'output', 'image_url'),
  },
  // Never absent, by its shape.
  'code_interpreter_call.outputs': {
    type: 'code_interpreter_call',
    without: (item) => ('outputs' in item ? { ...item, outputs: null } : item),
  },
  'message.input_image.image_url': {
    type: 'message',
    without: (item) => inParts(item, 'input_image', (part) => lacking(part, 'image_url')),
  },
  'message.output_text.logprobs': {
    type: 'message',
    without: (item) => inParts(item, 'output_text', (part) => ('logprobs' in part ? { ...part, logprobs: [] } : part)),
  },
}

// The keys of the table are its type.
const rules = Object.entries(hidden) as [Includable, Hidden][]

/** The item as it is shown to whoever asked for these parts. */
export function shown(item: responses.InputItem, include: readonly Includable[]): responses.InputItem {
  const type = item.type ?? 'message'
  // A part less of a wire item is a wire item still.
  let rest = item as unknown as Loose
  for (const [part, { type: of, without }] of rules) if (of === type && !include.includes(part)) rest = without(rest)
  return rest as unknown as responses.InputItem
}

function lacking(value: Loose, field: string): Loose {
  if (!(field in value)) return value
  const { [field]: _, ...rest } = value
  return rest
}

function within(item: Loose, field: string, inner: string): Loose {
  const value = item[field]
  return isRecord(value) ? { ...item, [field]: lacking(value, inner) } : item
}

function inParts(item: Loose, type: string, change: (part: Loose) => Loose): Loose {
  const { content } = item
  if (!Array.isArray(content)) return item
  const parts: readonly unknown[] = content
  return { ...item, content: parts.map((part) => (isRecord(part) && part.type === type ? change(part) : part)) }
}

const isRecord = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
