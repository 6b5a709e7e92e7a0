// Edits of JSON: what comes over a wire with something of it replaced, deleted, doubled, turned into another type, wrapped or moved.
import fc from 'fast-check'

/** One edit: where it strikes, and what it does there. */
export interface Edit {
  readonly kind: (typeof kinds)[number]
  /** Which of all the places in the value, and of those where it takes something from. */
  readonly at: number
  readonly from: number
  readonly value: unknown
}

const kinds = ['replace', 'null', 'delete', 'double', 'retype', 'wrap', 'swap', 'graft', 'rename'] as const

// What no JSON value in memory can hold stands for itself in its text: see `wireText`.
const literal = (text: string): string => `\u0001literal:${text}`
const deep = (levels: number): string => `\u0001deep:${levels}`

/** Values on which programs stumble. */
const odd: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e21,
  1e308,
  literal('1e400'),
  literal('-0'),
  '',
  ' ',
  '0',
  'null',
  '{"half":',
  'data:',
  'data:image/png;base64,',
  'data:;base64,====',
  'https://[',
  'lone \ud800 surrogate',
  '\udc00',
  '\u0000',
  'line\nfeed\r\n\ndata: [DONE]\u2028',
  '__proto__',
  'constructor',
  'x'.repeat(3000),
  [],
  {},
  [[]],
  [null],
  [''],
  [{}],
  { type: null },
  { type: 'text' },
  { type: 'of tomorrow' },
  { text: null },
  Array.from({ length: 500 }, (_, place) => place),
  Array.from({ length: 200 }, () => ({})),
  deep(40),
  deep(400),
  deep(20_000),
]

const names = [
  'type',
  'id',
  'index',
  'toString',
  '__proto__',
  'constructor',
  'length',
  '',
  'text',
  'TYPE',
  'of_tomorrow',
] as const

export const anyJson: fc.Arbitrary<unknown> = fc.oneof(fc.constantFrom(...odd), fc.jsonValue({ maxDepth: 4 }))

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom(...kinds),
  at: fc.nat(9999),
  from: fc.nat(9999),
  value: anyJson,
})

/** A few edits: with many of them nothing is left to get past the first check. */
export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(edit, { minLength: 1, maxLength: 3 })

/** A place: what holds it, and by which key. */
type Place = readonly [holder: Record<string, unknown> | unknown[], key: string | number]

function placesOf(root: unknown): Place[] {
  const places: Place[] = []
  const visit = (value: unknown): void => {
    if (places.length > 9999 || typeof value !== 'object' || value === null) return
    const holder = value as Place[0]
    for (const key of Array.isArray(holder) ? holder.keys() : Object.keys(holder)) {
      places.push([holder, key])
      visit(read([holder, key]))
    }
  }
  visit(root)
  return places
}

// A key of a list is a number, and of an object a text.
const read = ([holder, key]: Place): unknown => (holder as Record<string | number, unknown>)[key]

function write([holder, key]: Place, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

function remove([holder, key]: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else delete holder[key]
}

const copyOf = (value: unknown): unknown => structuredClone(value)

/** The same in another type. */
function retyped(value: unknown): unknown {
  if (typeof value === 'string') return /^\d+$/.test(value) ? Number(value) : { text: value }
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.length === 1 ? value[0] : Object.fromEntries(value.entries())
  return value === null ? {} : Object.values(value as object)
}

/** A copy with these edits made. What is grafted comes from `others`. */
export function edited(original: unknown, list: readonly Edit[], others: readonly unknown[] = [original]): unknown {
  const root = { value: copyOf(original) }
  for (const { kind, at, from, value } of list) {
    const places = placesOf(root)
    const place = places[at % places.length]
    if (!place) return root.value
    const [holder, key] = place
    switch (kind) {
      case 'replace':
        write(place, copyOf(value))
        break
      case 'null':
        write(place, null)
        break
      case 'delete':
        if (key !== 'value' || holder !== root) remove(place)
        break
      case 'double':
        if (Array.isArray(holder)) holder.splice(Number(key), 0, copyOf(read(place)))
        else write([holder, names[from % names.length] ?? ''], copyOf(read(place)))
        break
      case 'retype':
        write(place, retyped(read(place)))
        break
      case 'wrap':
        write(place, from % 2 === 0 ? [read(place)] : { [names[from % names.length] ?? '']: read(place) })
        break
      case 'swap': {
        const other = places[from % places.length] ?? place
        const [first, second] = [copyOf(read(place)), copyOf(read(other))]
        write(place, second)
        write(other, first)
        break
      }
      case 'graft': {
        const foreign = placesOf(others[from % others.length])
        const taken = foreign[(from * 31 + at) % foreign.length]
        if (taken) write(place, copyOf(read(taken)))
        break
      }
      default:
        if (Array.isArray(holder)) holder.reverse()
        else {
          const moved = read(place)
          if (holder === root) break
          remove(place)
          write([holder, names[from % names.length] ?? ''], moved)
        }
    }
  }
  return root.value
}

/** The value as it goes over the wire, with what JSON can say and no value can hold. */
export const wireText = (value: unknown): string =>
  JSON.stringify(value ?? null)
    .replaceAll(/"\\u0001literal:([^"]*)"/g, '$1')
    .replaceAll(/"\\u0001deep:(\d+)"/g, (_, levels: string) => '['.repeat(Number(levels)) + ']'.repeat(Number(levels)))
