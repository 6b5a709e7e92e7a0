import { controlPrefix, inferencePrefixes, type Endpoint } from '@weir/contracts'

/** An endpoint, and where it stands in the contract. */
export interface Route {
  readonly group: string
  readonly name: string
  readonly endpoint: Endpoint
}

export interface Match {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
  /** What the path says of the body. */
  readonly says?: Readonly<Record<string, unknown>>
}

export interface Routes {
  /** The route of this method and path (without its query); the methods that the path answers to; or nothing. */
  match(method: string, path: string): Match | { readonly allow: readonly string[] } | undefined
}

interface Pattern {
  readonly route: Route
  readonly says?: Match['says']
  /** A literal, `{name}` for one segment, or `{name+}` for all that follow, which may have a fixed ending. */
  readonly segments: readonly string[]
}

/**
 * The routes of a contract, each under the prefixes of its mount. Paths are matched as they came, and their parameters are
 * decoded only then: what is authorised is the matched route and never a path that was rebuilt.
 */
export function compileRoutes(api: object): Routes {
  const literal = new Map<string, Map<string, Match>>()
  const patterns: Pattern[] = []
  for (const [group, endpoints] of Object.entries(api) as [string, Record<string, Endpoint>][]) {
    for (const [name, endpoint] of Object.entries(endpoints)) {
      const route = { group, name, endpoint }
      for (const { path: below, says } of [{ path: endpoint.path, says: undefined }, ...(endpoint.aliases ?? [])])
        for (const prefix of prefixesOf(endpoint)) {
          const path = prefix + below
          const said = says ? { says } : {}
          if (path.includes('{')) patterns.push({ route, ...said, segments: path.slice(1).split('/') })
          else {
            const methods = literal.get(path) ?? new Map<string, Match>()
            literal.set(path, methods.set(endpoint.method, { route, params: {}, ...said }))
          }
        }
    }
  }
  return {
    match(asked, path) {
      // HEAD is GET without its body, which node:http leaves out by itself.
      const method = asked === 'HEAD' ? 'GET' : asked
      const methods = literal.get(path)
      const found = methods?.get(method)
      if (found) return found
      const allow = new Set(methods?.keys())
      const segments = path.slice(1).split('/')
      for (const pattern of patterns) {
        const params = fit(pattern.segments, segments)
        if (!params) continue
        const { route, says } = pattern
        if (route.endpoint.method === method) return { route, params, ...(says && { says }) }
        allow.add(pattern.route.endpoint.method)
      }
      return allow.size > 0 ? { allow: [...allow] } : undefined
    },
  }
}

function prefixesOf({ mount }: Endpoint): readonly string[] {
  if (mount === 'inference') return inferencePrefixes
  return mount === 'control' ? [controlPrefix] : ['']
}

function fit(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (const [place, part] of pattern.entries()) {
    const segment = segments[place]
    if (segment === undefined || segment === '') return undefined
    const [, name, ending = ''] = /^\{(\w+)\+\}(.*)$/.exec(part) ?? []
    if (name !== undefined) {
      const all = segments.slice(place).join('/')
      const rest =
        all.length > ending.length && all.endsWith(ending) ? decoded(all.slice(0, all.length - ending.length)) : undefined
      return rest === undefined ? undefined : { ...params, [name]: rest }
    }
    if (part.startsWith('{')) {
      const value = decoded(segment)
      if (value === undefined) return undefined
      params[part.slice(1, -1)] = value
    } else if (part !== segment) return undefined
  }
  return pattern.length === segments.length ? params : undefined
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
