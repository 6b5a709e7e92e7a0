import type { DialectName } from '../../dialect.js'
import type { CacheMark } from './cache-mark.js'
import type { Extras } from './extras.js'
import type { Part } from './part.js'
import type { ReplayToken } from './replay-token.js'
import type { Tool } from './request.js'

/** The finest grain of a conversation. A conversation is a flat ordered list of these. */
export type Item = MessageItem | ReasoningItem | ToolCallItem | ToolResultItem | ToolsItem | HostedToolCallItem | ForeignItem

interface ItemBase {
  /** The item's own id on the wire, not to be mixed up with a call's `callId`. */
  readonly id?: string
  /** Which source message it came from: items of one turn are regrouped into one message. Absent in an answer. */
  readonly turn?: number
  /** Which alternative of an answer it belongs to; absent means 0. Only chat's `n` > 1 gives more. */
  readonly choice?: number
  readonly status?: ItemStatus
  readonly replay?: ReplayToken
  readonly extras?: Extras
}

/** What bears a mark of its own; a message leaves that to its parts. */
interface Markable extends ItemBase {
  /** The prompt is worth keeping up to the end of this item. */
  readonly cache?: CacheMark
}

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

export interface MessageItem extends ItemBase {
  readonly type: 'message'
  readonly role: 'user' | 'assistant' | 'system' | 'developer'
  readonly content: readonly Part[]
  /** Whether an assistant's message is a remark on the way or the answer. */
  readonly phase?: 'commentary' | 'final_answer'
  /** Its content stood in a list though a plain string would do. Form only: whoever knows no difference ignores it, without loss. */
  readonly listed?: true
}

export interface ReasoningItem extends Markable {
  readonly type: 'reasoning'
  /** What the provider lets a reader see of the reasoning, in paragraphs. */
  readonly summary: readonly string[]
  /** The reasoning itself, where a model gives it away. */
  readonly content?: readonly string[]
}

/** Tools that the caller runs and that some models know without being told a schema. */
export type BuiltInKind = 'shell' | 'local_shell' | 'apply_patch' | 'tool_search'

/** `function` and `custom` exist on most targets; the others become functions with a fixed schema where they do not. */
export type ToolKind = 'function' | 'custom' | 'mcp' | BuiltInKind

const builtIn: ReadonlySet<string> = new Set<BuiltInKind>(['shell', 'local_shell', 'apply_patch', 'tool_search'])

export const isBuiltIn = (kind: string): kind is BuiltInKind => builtIn.has(kind)

export interface ToolCallItem extends Markable {
  readonly type: 'tool-call'
  readonly kind: ToolKind
  readonly name: string
  readonly namespace?: string
  readonly callId: string
  /** The verbatim string, be it valid JSON or not; the free text of a `custom` call. Of a built-in tool: what it is to do, as JSON. */
  readonly arguments: string
}

export interface ToolResultItem extends Markable {
  readonly type: 'tool-result'
  readonly kind: ToolKind
  readonly callId: string
  /** Of a built-in tool whose result is more than a text: that, as JSON. */
  readonly output: string | readonly Part[]
  /** Whether the tool failed, where the caller says. */
  readonly failed?: boolean
  /** What a `tool_search` has found: these tools can be called from here on. */
  readonly tools?: readonly Tool[]
}

/** Tools that the conversation brings along: they can be called from here on, as those of the request. */
export interface ToolsItem extends ItemBase {
  readonly type: 'tools'
  /** Added by the caller, or found by a search that the provider ran. */
  readonly origin: 'additional_tools' | 'tool_search_output'
  readonly tools: readonly Tool[]
}

/** A call that the provider ran by itself. The wire form is kept whole, because only its own dialect can replay it. */
export interface HostedToolCallItem extends ItemBase {
  readonly type: 'hosted-tool-call'
  readonly dialect: DialectName
  readonly tool: string
  readonly wire: object
}

/** An item newer than the code. It keeps its call id, so that a call and its result are dropped together. */
export interface ForeignItem extends ItemBase {
  readonly type: 'foreign'
  readonly dialect: DialectName
  readonly callId?: string
  readonly wire: object
}
