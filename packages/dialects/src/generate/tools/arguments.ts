import type { ToolCallItem } from '../canonical/item.js'
import { isRecord, type Loose } from '../narrow.js'
import { parsed } from '../parsed.js'
import { wrapInput } from './unwrap.js'

/** The arguments of the function that a call is on a wire without free text. */
export const functionArguments = (item: ToolCallItem): string =>
  item.kind === 'custom' ? wrapInput(item.arguments) : item.arguments

/** The object that arguments are; no arguments are an empty one. */
export const argumentsObject = (text: string): Loose | undefined => (text.trim() === '' ? {} : objectOf(text))

/** The object that a JSON text is, if it is one. */
export function objectOf(text: string): Loose | undefined {
  // Most other texts are known by their first character.
  const value = /^\s*\{/.test(text) ? parsed(text) : undefined
  return isRecord(value) ? value : undefined
}
