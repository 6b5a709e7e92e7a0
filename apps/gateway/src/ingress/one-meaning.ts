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
 * Refuses a body that could mean one thing to a rule and another upstream: two keys of an object that differ in case only; a
 * known field in another case, which a reader that ignores case (Go's JSON, say) would take for the field itself; and
 * `__proto__`, whose fields a program may read as those of the object around it. Exact duplicates are no danger: the last one
 * counts, and the body is written anew. Throws 400 `ambiguous_field`, and 400 `invalid_value` for `__proto__` and for nesting
 * deeper than 256. Every body passes here, so that nothing is allocated for one whose keys are plain.
 */
export function assertOneMeaning(body: object, known: ReadonlySet<string>): void {
  for (const key in body) {
    if (isPlain(key)) continue
    const folded = fold(key)
    if (folded !== key && known.has(folded)) throw ambiguous(key, folded, key)
  }
  check(body, [], false)
}

type Place = (string | number)[]

/** `free`: within an object whose keys are the caller's own words, which may differ in case. `place` is put back as it was. */
function check(value: object, place: Place, free: boolean): void {
  if (place.length > deepest)
    throw new GatewayError('invalid_value', {
      message: `The body is nested more than ${deepest} levels deep.`,
      param: written(place).slice(0, 100),
    })
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const entry: unknown = value[index]
      if (entry !== null && typeof entry === 'object') within(entry, index, place, free)
    }
    return
  }
  let plain = true
  for (const key in value) {
    if (key === '__proto__')
      throw new GatewayError('invalid_value', { message: 'No field may be called "__proto__".', param: written([...place, key]) })
    if (plain && !free) plain = isPlain(key)
    // A body is JSON: whatever it holds is unknown.
    const entry = (value as Record<string, unknown>)[key]
    if (entry !== null && typeof entry === 'object') within(entry, key, place, free || freeForm.has(key))
    // 1e400 is read as infinity and would be written as null.
    else if (entry === Infinity || entry === -Infinity)
      throw new GatewayError('invalid_value', { message: 'This number is too large.', param: written([...place, key]) })
  }
  if (!plain) compare(value, place)
}

function within(entry: object, key: string | number, place: Place, free: boolean): void {
  place.push(key)
  check(entry, place, free)
  place.pop()
}

/** Only an object with a key that is not plain can hold two that differ in case only. */
function compare(value: object, place: Place): void {
  const keys = Object.keys(value)
  const seen = new Set(keys.filter((key) => key === fold(key)))
  for (const key of keys) {
    const folded = fold(key)
    if (folded === key) continue
    if (seen.has(folded)) throw ambiguous(key, folded, written([...place, key]))
    seen.add(folded)
  }
}

/** Whether case says nothing about it: no capitals, and ASCII only. */
function isPlain(key: string): boolean {
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index)
    if (code > 127 || (code > 64 && code < 91)) return false
  }
  return true
}

/** Case folded as readers that ignore case do it, beyond ASCII too: `ſ` (U+017F) is an s to them, and the sign of kelvin a k. */
const fold = (key: string): string => key.toUpperCase().toLowerCase()

function written(place: Place): string {
  let path = ''
  for (const key of place) path += typeof key === 'number' ? `[${key}]` : path === '' ? key : `.${key}`
  return path
}

const ambiguous = (key: string, folded: string, param: string): GatewayError =>
  new GatewayError('ambiguous_field', {
    message: `"${key}" differs from "${folded}" in case only, so the body could be read in two ways. Send "${folded}" alone.`,
    param,
  })
