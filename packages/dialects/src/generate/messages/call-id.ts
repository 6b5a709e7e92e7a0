const allowed = /^[a-zA-Z0-9_-]{1,64}$/
const longestId = 64
const mark = 'esc_'

/**
 * A call id as Anthropic takes it: at most 64 letters, digits, `_` and `-`. Any other id is written as `esc_` and the same text with
 * each foreign byte as `_` and two hex digits, so that `readCallId` leads back to it; one that is too long for that ends in a hash
 * instead, and stays as it is written. The same id gives the same one always, so that calls and results stay pairs.
 */
export function encodeCallId(id: string): string {
  if (allowed.test(id) && !id.startsWith(mark)) return id
  const escaped = escape(id)
  if (escaped !== undefined && escaped.length <= longestId) return escaped
  const plain = id.replace(/[^a-zA-Z0-9-]/g, '-')
  return `${plain.slice(0, longestId - 9)}-${hash(id)}`
}

/** The id that was written so. */
export function readCallId(written: string): string {
  if (!written.startsWith(mark)) return written
  try {
    const id = decodeURIComponent(written.slice(mark.length).replaceAll('_', '%'))
    return escape(id) === written ? id : written
  } catch {
    return written
  }
}

function escape(id: string): string | undefined {
  try {
    const escaped = encodeURIComponent(id).replace(/[_.!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    return mark + escaped.replace(/%(..)/g, (_, digits: string) => `_${digits.toLowerCase()}`)
  } catch {
    // Half a pair of a character has no bytes.
    return undefined
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): string {
  let sum = 0x811c9dc5
  for (const character of text) sum = Math.imul(sum ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (sum >>> 0).toString(16).padStart(8, '0')
}
