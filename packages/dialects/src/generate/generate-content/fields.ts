import { isList, isRecord, taking, type Loose, type Taking } from '../narrow.js'

/**
 * A message with its field names as Google writes them: the JSON of protocol buffers may come in snake_case too. One level only, for
 * below it may stand what is the caller's own. Where a field comes twice, the name that Google writes counts.
 */
export function camelCased(wire: Loose): Loose {
  let named: Loose | undefined
  for (const field in wire) {
    if (field.indexOf('_') <= 0) continue
    named ??= { ...wire }
    const camel = field.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    if (named[camel] === undefined || named[camel] === null) named[camel] = wire[field]
    delete named[field]
  }
  return named ?? wire
}

/** Takes the fields of a message one by one. Whatever is no object has none. */
export const fieldsOf = (wire: unknown): Taking => taking(isRecord(wire) ? camelCased(wire) : {})

/** A list, or the one thing that may stand in place of it. */
export function listOf(value: unknown): readonly unknown[] {
  if (isList(value)) return value
  return value === undefined || value === null ? [] : [value]
}

export const isFilled = (fields: object): boolean => Object.keys(fields).length > 0
