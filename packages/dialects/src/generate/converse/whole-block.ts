import { isList, isRecord, isString, overlay, type Loose } from '../narrow.js'

/** A block under construction of a kind that this code does not follow piece by piece. */
export interface WholeBlock {
  add(delta: Loose): void
  wire(): Loose
}

/**
 * Puts a block together from its start and its deltas: lists and bytes grow, and what else has the same name in both is told by the
 * later. What a tool is asked is the object that the pieces of its text say.
 */
export function wholeBlock(start: Loose): WholeBlock {
  let whole = start
  let input: string | undefined

  return {
    add(delta) {
      const { toolUse, toolResult, ...rest } = delta
      if (isRecord(toolUse) && isString(toolUse.input)) input = (input ?? '') + toolUse.input
      // Of a result a delta brings the content.
      if (isList(toolResult)) whole = grown(whole, { toolResult: { content: toolResult } })
      whole = grown(whole, rest)
    },
    wire() {
      if (isRecord(whole.toolUse)) return { ...whole, toolUse: { ...whole.toolUse, input: read(input) } }
      return whole
    },
  }
}

function grown(base: Loose, delta: Loose): Loose {
  let merged = base
  for (const [field, value] of Object.entries(delta)) {
    const under = Object.hasOwn(merged, field) ? merged[field] : undefined
    merged = overlay(merged, { [field]: grownValue(field, under, value) })
  }
  return merged
}

function grownValue(field: string, under: unknown, value: unknown): unknown {
  if (isRecord(under) && isRecord(value)) return grown(under, value)
  if (isList(under) && isList(value)) return [...under, ...value]
  return field === 'bytes' && isString(under) && isString(value) ? under + value : value
}

function read(input: string | undefined): unknown {
  try {
    return JSON.parse(input ?? '{}')
  } catch {
    return { input }
  }
}
