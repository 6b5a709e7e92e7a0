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

/** Of an annotation nobody has checked more than that it is an object. */
export function encodeAnnotation({ type: said, ...rest }: Annotation): Annotation {
  const type = isString(said) ? said : 'unknown'
  return { type, [type]: rest }
}
