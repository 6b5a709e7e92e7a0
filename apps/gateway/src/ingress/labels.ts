import { GatewayError } from '@weir/contracts'
import type { Head } from '../exchange.js'

/** One header's value; of several, the first. */
export function header(head: Head, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = head.headers[name]
    if (value !== undefined) return Array.isArray(value) ? value[0] : value
  }
  return undefined
}

const longestLabel = 200

/** The name that the caller itself has for its request, if any: its `x-request-id`. */
export const label = (head: Head): string | null => header(head, 'x-request-id')?.slice(0, longestLabel) ?? null

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** Node reads the bytes of a header as Latin-1; what is UTF-8 was meant as that. */
function readable(text: string): string {
  try {
    return strictUtf8.decode(Buffer.from(text, 'latin1'))
  } catch {
    return text
  }
}

const longestValue = 128
const none: Readonly<Record<string, string>> = {}

/**
 * The caller's labels, from `x-weir-metadata` (or `x-tfy-metadata`, which callers of a widely used gateway send): a JSON object
 * of strings, each of at most 128 characters. Throws 400 with the header's name as `param`.
 */
export function labels(head: Head): Readonly<Record<string, string>> {
  const name = head.headers['x-weir-metadata'] === undefined ? 'x-tfy-metadata' : 'x-weir-metadata'
  const text = header(head, name)
  if (text === undefined || text.trim() === '') return none
  const wrong = (message: string): GatewayError =>
    new GatewayError('invalid_value', { message: `${name}: ${message}`, param: name })
  let value: unknown
  try {
    value = JSON.parse(readable(text))
  } catch (cause) {
    throw new GatewayError('invalid_value', { message: `${name} is not JSON; send an object of strings.`, param: name, cause })
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw wrong('send a JSON object of strings.')
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'string') throw wrong(`the value of ${JSON.stringify(key.slice(0, 64))} is not a string.`)
    if (entry.length > longestValue)
      throw wrong(`the value of ${JSON.stringify(key.slice(0, 64))} is longer than ${longestValue} characters.`)
  }
  return value as Record<string, string>
}
