/** What a `data:` URL holds. */
export interface DataUrl {
  /** Without parameters such as `charset`, in lower case. */
  readonly mediaType: string
  readonly base64: string
}

/** The longest head that is looked for: a media type and its parameters. */
const longestHead = 256

/** A `data:` URL in base64, taken apart; `undefined` for anything else. */
export function readDataUrl(url: string): DataUrl | undefined {
  if (!/^data:/i.test(url)) return undefined
  const comma = url.slice(0, longestHead).indexOf(',')
  const [mediaType = '', ...parameters] = url.slice('data:'.length, Math.max(0, comma)).split(';')
  if (comma < 0 || parameters.at(-1)?.trim().toLowerCase() !== 'base64') return undefined
  return { mediaType: mediaType.trim().toLowerCase() || 'text/plain', base64: url.slice(comma + 1) }
}

export const dataUrl = (mediaType: string, base64: string): string => `data:${mediaType};base64,${base64}`

export function textToBase64(text: string): string {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return btoa(bytes)
}

/** The text that stands in base64 as UTF-8; `undefined` for what is no such text. */
export function base64ToText(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
