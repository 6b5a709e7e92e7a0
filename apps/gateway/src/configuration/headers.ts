import { validateHeaderName, validateHeaderValue } from 'node:http'

/** Whether this can be sent as a header. */
export function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}
