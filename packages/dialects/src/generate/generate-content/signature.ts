import type { ReplayToken } from '../canonical/replay-token.js'

/** Nine bytes, so that they are the same twelve characters of base64 whatever follows. */
const mark = 'as-text:\n'
const wrapped = btoa(mark)

/**
 * A signature is bytes, which SDKs decode from base64. What is none, as a token that was tagged for a caller, goes as the base64 of its
 * text behind a mark, and comes back as it was.
 */
export const encodeSignature = ({ payload }: ReplayToken): string => wrapSignature(payload)

/** The token as a text of base64. */
export function wrapSignature(payload: string): string {
  if (/^[A-Za-z0-9+/_-]*={0,2}$/.test(payload)) return payload
  let bytes = mark
  for (const byte of new TextEncoder().encode(payload)) bytes += String.fromCharCode(byte)
  return btoa(bytes)
}

export const decodeSignature = (signature: string): ReplayToken => ({
  dialect: 'generate-content',
  payload: unwrapSignature(signature),
})

/** The token that was wrapped, or a signature as it came. */
export const unwrapSignature = (signature: string): string => (signature.startsWith(wrapped) ? unwrapped(signature) : signature)

/** Not what we wrote after all: as it came. */
function unwrapped(signature: string): string {
  try {
    const bytes = Uint8Array.from(atob(signature), (character) => character.charCodeAt(0))
    return new TextDecoder().decode(bytes).slice(mark.length)
  } catch {
    return signature
  }
}
