import type { Annotation } from '@weir/contracts'
import { isList, isRecord, isString } from '../narrow.js'

/** Chat nests what an annotation says under its type; the canonical form, as Responses does, keeps it flat. */
export function decodeAnnotations(wire: unknown): Annotation[] {
  if (!isList(wire)) return []
  return wire.filter(isRecord).map((annotation) => {
    const type = isString(annotation.type) ? annotation.type : 'unknown'
    const { type: _, [type]: nested, ...rest } = annotation
    return isRecord(nested) ? { type, ...rest, ...nested } : { ...annotation, type }
  })
}

export function encodeAnnotation({ type, ...rest }: Annotation): Annotation {
  return { type, [type]: rest }
}
