import { MalformedAnswer } from '../dialect.js'
import { isList, isNumber, isString } from '../generate/narrow.js'
import type { Vector } from './canonical.js'

const bytesPerNumber = 4
/** Characters that are made at a stretch: more arguments than this overflow the stack. */
const stretch = 8192

/** A vector as servers write it: a list of numbers, or base64. Throws `MalformedAnswer`. */
export function readVector(wire: unknown): Vector {
  if (isString(wire)) return { base64: wire }
  if (isList(wire) && wire.length > 0 && wire.every(isNumber)) return { numbers: wire }
  throw new MalformedAnswer('An embedding is neither a list of numbers nor base64.')
}

/** The numbers of a vector. Throws `MalformedAnswer` for base64 that holds none. */
export function numbersOf(vector: Vector): readonly number[] {
  if ('numbers' in vector) return vector.numbers
  const bytes = bytesOf(vector.base64)
  if (bytes.length === 0 || bytes.length % bytesPerNumber !== 0)
    throw new MalformedAnswer(`An embedding of ${bytes.length} bytes is no list of 32-bit numbers.`)
  const view = new DataView(bytes.buffer)
  return Array.from({ length: bytes.length / bytesPerNumber }, (_, place) => view.getFloat32(place * bytesPerNumber, true))
}

/** The vector as base64. Numbers are rounded to 32 bits, which is what models compute in. */
export function base64Of(vector: Vector): string {
  if ('base64' in vector) return vector.base64
  const view = new DataView(new ArrayBuffer(vector.numbers.length * bytesPerNumber))
  for (const [place, number] of vector.numbers.entries()) view.setFloat32(place * bytesPerNumber, number, true)
  const bytes = new Uint8Array(view.buffer)
  let text = ''
  for (let from = 0; from < bytes.length; from += stretch) text += String.fromCharCode(...bytes.subarray(from, from + stretch))
  return btoa(text)
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch (cause) {
    throw new MalformedAnswer('An embedding is not base64.', { cause })
  }
}
