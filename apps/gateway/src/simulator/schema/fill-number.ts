import type { JsonSchema } from '@weir/contracts'

/** The nth number from the lower bound up; from 0, where 0 is allowed. */
export function fillNumber(schema: JsonSchema, type: 'number' | 'integer', nth: number): number | undefined {
  const bound = (name: string, otherwise: number): number => (typeof schema[name] === 'number' ? schema[name] : otherwise)
  const above = bound('exclusiveMinimum', -Infinity)
  const below = bound('exclusiveMaximum', Infinity)
  const least = bound('minimum', -Infinity)
  const most = bound('maximum', Infinity)
  const fits = (value: number): boolean => value >= least && value <= most && value > above && value < below
  const step = stepOf(bound('multipleOf', 0), type)

  const low = Math.max(least, above)
  const high = Math.min(most, below)
  const base = low > 0 ? low : high < 0 && low === -Infinity ? high - (nth + 1) * step : low === -Infinity || fits(0) ? 0 : low
  let value = Math.ceil(base / step) * step
  while (value <= high && !fits(value)) value += step
  value += nth * step
  if (fits(value)) return clean(value)
  // Between two bounds that lie closer together than a whole number there may still be a fraction.
  const fraction = low + ((high - low) * (nth + 1)) / (nth + 2)
  return type === 'number' && schema['multipleOf'] === undefined ? [low, fraction].slice(nth > 0 ? 1 : 0).find(fits) : undefined
}

function stepOf(multiple: number, type: 'number' | 'integer'): number {
  if (multiple <= 0) return 1
  return type === 'integer' && !Number.isInteger(multiple) ? Math.max(1, Math.ceil(multiple)) : multiple
}

/** Without -0, which is written 0. */
const clean = (value: number): number => (value === 0 ? 0 : value)
