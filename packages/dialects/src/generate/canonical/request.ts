import type { JsonSchema } from '@weir/contracts'
import type { CacheMark } from './cache-mark.js'
import type { Extras } from './extras.js'
import type { BuiltInKind, Item, ToolKind } from './item.js'

/** What is asked of a model, in no dialect. */
export interface Generation {
  readonly model: string
  readonly items: readonly Item[]
  /** Instructions that stand outside the conversation and are not inherited by its next turn. */
  readonly instructions?: string
  readonly tools?: readonly Tool[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  readonly maxToolCalls?: number
  readonly sampling: Sampling
  readonly format?: Format
  readonly verbosity?: string
  readonly reasoning?: Reasoning
  readonly stream: boolean
  readonly streamOptions?: { readonly includeUsage?: boolean; readonly includeObfuscation?: boolean }
  /** The parts of an answer that come only when asked for, by Responses' names (`reasoning.encrypted_content`). */
  readonly include?: readonly string[]
  readonly serviceTier?: string
  readonly promptCacheKey?: string
  /** All of the prompt is worth keeping, wherever it ends. */
  readonly cache?: CacheMark
  readonly safetyIdentifier?: string
  readonly user?: string
  readonly truncation?: 'auto' | 'disabled'
  /** What the gateway does itself whatever the target: not a loss where a dialect has no word for it. */
  readonly state: State
  readonly extras?: Extras
}

export interface Sampling {
  readonly temperature?: number
  readonly topP?: number
  /** Of how many of the likeliest tokens one is drawn. */
  readonly topK?: number
  readonly maxOutputTokens?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
  readonly logitBias?: Readonly<Record<string, number>>
  /** Whether the log probability of each token is wanted, and of how many alternatives to it. */
  readonly logprobs?: boolean
  readonly topLogprobs?: number
  /** How many alternative answers; absent means 1. */
  readonly choices?: number
}

export interface Reasoning {
  readonly effort?: string
  readonly summary?: string
  readonly extras?: Extras
}

export type Format =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema'
      readonly name: string
      readonly schema: JsonSchema
      readonly strict?: boolean
      readonly description?: string
    }

export type Tool = FunctionTool | CustomTool | NamespaceTool | BuiltInTool | HostedTool

export interface FunctionTool {
  readonly type: 'function'
  readonly name: string
  readonly description?: string
  readonly parameters?: JsonSchema
  /**
   * What the caller said or, where its dialect has a default, what it meant by silence: chat's is not strict. Responses' own is
   * each server's affair, so that there silence stays silence.
   */
  readonly strict?: boolean
  /** The prompt, which begins with the tools, is worth keeping up to the end of this one. */
  readonly cache?: CacheMark
  readonly extras?: Extras
}

export interface CustomTool {
  readonly type: 'custom'
  readonly name: string
  readonly description?: string
  readonly grammar?: { readonly syntax: string; readonly definition: string }
  readonly extras?: Extras
}

/** Tools under a common name; flattened where a target does not know it. */
export interface NamespaceTool {
  readonly type: 'namespace'
  readonly name: string
  readonly description?: string
  readonly tools: readonly (FunctionTool | CustomTool)[]
  readonly extras?: Extras
}

/** A tool that the caller runs and whose schema its own models know; elsewhere a function with a fixed schema stands in for it. */
export interface BuiltInTool {
  readonly type: 'built-in'
  readonly kind: BuiltInKind
  readonly description?: string
  /** What a `tool_search` is asked with; the others have fixed schemas. */
  readonly parameters?: JsonSchema
  readonly extras?: Extras
}

/** A tool that the provider runs, or one newer than the code. The wire form is kept whole. */
export interface HostedTool {
  readonly type: 'hosted'
  readonly tool: string
  readonly extras: Extras
}

export type ToolChoice =
  | { readonly type: 'none' }
  | { readonly type: 'auto' }
  | { readonly type: 'required' }
  | { readonly type: 'tool'; readonly kind: ToolKind; readonly name: string; readonly namespace?: string }
  | {
      readonly type: 'allowed'
      readonly mode: 'auto' | 'required'
      readonly tools: readonly { readonly type: string; readonly name?: string; readonly namespace?: string }[]
    }
  | { readonly type: 'foreign'; readonly extras: Extras }

export interface State {
  readonly store?: boolean
  readonly background?: boolean
  readonly previousResponseId?: string
  readonly conversation?: string
  readonly metadata?: Readonly<Record<string, string>>
  /** The answer begins with the words of the question. Completions alone asks for that, and writes it. */
  readonly echo?: boolean
}
