import { GatewayError } from '@weir/contracts'

/** Objects whose keys are the caller's own words, where case may well matter. */
const freeForm = new Set([
  'metadata',
  'parameters',
  'schema',
  'arguments',
  'logit_bias',
  'client_metadata',
  'variables',
  'headers',
  'environment',
])

const deepest = 256

/**
 * Refuses a body that could mean one thing to a rule and another upstream: two keys of an object that differ in case only, or
 * a known field in another case, which a reader that ignores case (Go's JSON, say) would take for the field itself. Exact
 * duplicates are no danger: the last one counts, and the body is written anew. Throws 400 `ambiguous_field`, also for nesting
 * deeper than 256.
 */
export function assertOneMeaning(body: object, known: ReadonlySet<string>): void {
  for (const key in body) {
    const lower = key.toLowerCase()
    if (lower !== key && known.has(lower)) throw ambiguous(key, lower, key)
  }
  check(body, '', 0, false)
}

/** `free`: within an object whose keys are the caller's own words, where depth alone is judged. */
function check(value: object, path: string, depth: number, free: boolean): void {
  if (depth > deepest)
    throw new GatewayError('invalid_value', {
      message: `The body is nested more than ${deepest} levels deep.`,
      param: path.slice(0, 100),
    })
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const entry: unknown = value[index]
      if (entry !== null && typeof entry === 'object') check(entry, `${path}[${index}]`, depth + 1, free)
    }
    return
  }
  let folded: Set<string> | undefined
  for (const [key, entry] of Object.entries(value) as [string, unknown][]) {
    const lower = key.toLowerCase()
    // Only an object with a key that is not in lower case can hold two that differ in case only.
    if (lower !== key && !free) {
      folded ??= new Set(Object.keys(value).filter((other) => other === other.toLowerCase()))
      if (folded.has(lower)) throw ambiguous(key, lower, path === '' ? key : `${path}.${key}`)
      folded.add(lower)
    }
    if (entry !== null && typeof entry === 'object')
      check(entry, path === '' ? key : `${path}.${key}`, depth + 1, free || freeForm.has(key))
  }
}

const ambiguous = (key: string, lower: string, param: string): GatewayError =>
  new GatewayError('ambiguous_field', {
    message: `"${key}" differs from "${lower}" in case only, so the body could be read in two ways. Send "${lower}" alone.`,
    param,
  })
