import { isIP } from 'node:net'
import type { Address } from '../ports/web.js'

/** A URL whose spelling is in order. Whether it leads to a public place is not known yet. */
export interface JudgedUrl {
  readonly url: URL
  /** Whether the operator opened this very host and port. */
  readonly exempt: boolean
  /** Where the host is an address by itself. */
  readonly address: Address | undefined
  /** The host without brackets. */
  readonly host: string
}

const longestUrl = 8192

/** The URL, or the rule that it breaks as a sentence. `allow`: `host:port` of exact exceptions. */
export function judgeUrl(text: string, allow: ReadonlySet<string>): JudgedUrl | string {
  if (text.length > longestUrl) return `the URL is longer than ${longestUrl} characters.`
  // A parser drops or turns these, and so reads another URL than a person does.
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\s\\\u0000-\u001f\u007f]/.test(text)) return 'the URL holds spaces, backslashes or control characters.'
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(text)?.[1]
  const url = parsed(text)
  if (authority === undefined || !url) return 'this is not a URL that can be fetched; send an https URL or a data URL.'
  if (authority.includes('@')) return 'a URL with a user or a password is not fetched.'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const written = authority.replace(/:\d*$/, '')
  if (written.includes('%') || written.endsWith('.')) return 'the host of the URL is not in its plain form.'
  const family = isIP(host)
  // `0x7f.1`, `2130706433`, `127.1`: what nobody writes who means well.
  if (family === 4 && written !== host) return 'the host of the URL is not in its plain form.'
  const port = url.port || (url.protocol === 'http:' ? '80' : '443')
  const exempt = allow.has(`${url.hostname}:${port}`)
  if (url.protocol !== 'https:' && !(exempt && url.protocol === 'http:')) return 'only https URLs are fetched.'
  return { url, exempt, host, address: family === 0 ? undefined : { address: host, family: family === 6 ? 6 : 4 } }
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
