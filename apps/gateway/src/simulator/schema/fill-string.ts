import type { JsonSchema } from '@weir/contracts'

const formats: Readonly<Record<string, (nth: number) => string>> = {
  date: (nth) => new Date(Date.UTC(2000, 0, 1 + nth)).toISOString().slice(0, 10),
  'date-time': (nth) => new Date(Date.UTC(2000, 0, 1 + nth)).toISOString(),
  time: (nth) => `00:00:${String(nth % 60).padStart(2, '0')}Z`,
  duration: (nth) => `P${nth + 1}D`,
  email: (nth) => `simulator${nth || ''}@example.com`,
  hostname: (nth) => `host${nth}.example.com`,
  ipv4: (nth) => `192.0.2.${(nth + 1) % 256}`,
  ipv6: (nth) => `2001:db8::${(nth + 1).toString(16)}`,
  uri: (nth) => `https://example.com/${nth || ''}`,
  url: (nth) => `https://example.com/${nth || ''}`,
  uuid: (nth) => `00000000-0000-4000-8000-${nth.toString(16).padStart(12, '0')}`,
}

const longest = 100_000

/** A string of its format, or else a plain word of a fitting length. */
export function fillString(schema: JsonSchema, nth: number): string | undefined {
  const format =
    typeof schema['format'] === 'string' && Object.hasOwn(formats, schema['format']) ? formats[schema['format']] : undefined
  if (format) return format(nth)
  const least = typeof schema['minLength'] === 'number' ? schema['minLength'] : 0
  const most = typeof schema['maxLength'] === 'number' ? schema['maxLength'] : longest
  if (least > most || least > longest) return undefined
  const number = nth === 0 ? '' : String(nth)
  if (number.length > most) return undefined
  return 'simulated'.slice(0, most - number.length).padEnd(least - number.length, '.') + number
}
