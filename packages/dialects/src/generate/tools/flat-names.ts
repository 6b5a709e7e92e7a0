import { isBuiltIn } from '../canonical/item.js'
import type { ToolOrigin } from './tool-origin.js'

/** OpenAI's limit, and that of most servers. */
const longestName = 64

/** Names without namespaces, each for one tool only. */
export interface FlatNames {
  /** The name of this tool on the wire; the same at each call. A tool that was not declared gets one too. */
  of(origin: ToolOrigin): string
  has(origin: ToolOrigin): boolean
  isTaken(name: string): boolean
}

/**
 * `own`: the names that stand on the wire as they are, which no other tool may take. `plain`: whether the server takes names of letters,
 * digits, `_` and `-` only.
 */
export function flatNames(own: Iterable<string>, plain: boolean): FlatNames {
  const taken = new Set<string>()
  const fits = (name: string): boolean => name.length <= longestName && !(plain && odd.test(name))
  for (const name of own) if (fits(name)) taken.add(name)
  const given = new Map<string, string>()

  function free(origin: ToolOrigin): string {
    if (origin.namespace === undefined && !isBuiltIn(origin.kind) && fits(origin.name)) return origin.name
    const name = flat(origin, plain)
    if (fits(name) && !taken.has(name)) return name
    for (let round = 0; ; round++) {
      const other = hashed(name, `${keyOf(origin)}${round === 0 ? '' : `\n${round}`}`)
      if (!taken.has(other)) return other
    }
  }

  return {
    of(origin) {
      const key = keyOf(origin)
      const known = given.get(key)
      if (known !== undefined) return known
      const name = free(origin)
      given.set(key, name)
      taken.add(name)
      return name
    },
    has: (origin) => given.has(keyOf(origin)),
    isTaken: (name) => taken.has(name),
  }
}

/** Functions and free-text tools share their names; a built-in tool is one of its kind. */
function keyOf({ kind, name, namespace }: ToolOrigin): string {
  return isBuiltIn(kind) ? `${kind}\n` : `${namespace === undefined ? '' : `${namespace}\n`}${name}`
}

const odd = /[^a-zA-Z0-9_-]|^$/

function flat({ name, namespace }: ToolOrigin, plain: boolean): string {
  if (namespace === undefined && !plain) return name
  return (namespace === undefined ? name : `${namespace}__${name}`).replace(/[^a-zA-Z0-9_-]/g, '_')
}

/** A name that is too long or taken ends in a hash of the whole of it (FNV-1a, 32 bits). */
function hashed(name: string, whole: string): string {
  let hash = 0x811c9dc5
  for (const character of whole) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  const tail = (hash >>> 0).toString(16).padStart(8, '0')
  return `${name.slice(0, longestName - tail.length - 1)}_${tail}`
}
