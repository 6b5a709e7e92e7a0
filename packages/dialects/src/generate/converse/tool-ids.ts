// Ids of calls: Converse takes letters, digits, `_` and `-`, 64 at most.

const longestId = 64
/** An id that was written another way begins so. */
const mark = 'weir-'
const plain = /^[a-zA-Z0-9_-]+$/

/**
 * A call's id as Converse takes it. What it does not take is written as `_` and the number of the character, so that no two ids become
 * the same; one that is too long for this ends in a hash of the whole of it, and cannot be read back.
 */
export function encodeCallId(callId: string): string {
  if (callId.length <= longestId && plain.test(callId) && !callId.startsWith(mark)) return callId
  const escaped = mark + callId.replace(/[^a-zA-Z0-9-]/g, escape)
  if (escaped.length <= longestId) return escaped
  const tail = `__${hash(callId, 0x811c9dc5)}${hash(callId, 0x01000193)}`
  return escaped.slice(0, longestId - tail.length) + tail
}

/** The id that was written so. */
export function decodeCallId(toolUseId: string): string {
  if (!toolUseId.startsWith(mark)) return toolUseId
  return toolUseId
    .slice(mark.length)
    .replace(/_(?:u([0-9a-f]{4})|([0-9a-f]{2}))/g, (_, long: string | undefined, short: string | undefined) =>
      String.fromCharCode(Number.parseInt(long ?? short ?? '', 16)),
    )
}

function escape(character: string): string {
  const code = character.charCodeAt(0)
  return code < 256 ? `_${code.toString(16).padStart(2, '0')}` : `_u${code.toString(16).padStart(4, '0')}`
}

/** FNV-1a, 32 bits, from this beginning. */
function hash(text: string, beginning: number): string {
  let hash = beginning
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
