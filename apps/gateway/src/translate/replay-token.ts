// A replay token travels tagged with who issued it, so that it can be given back to that issuer and to nobody else.

/** Who issues and takes back replay tokens: one model of one account. */
export interface Issuer {
  readonly account: string
  readonly model: string
}

const mark = 'weir1'
const escaped = (text: string): string => encodeURIComponent(text).replaceAll('.', '%2E')

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Nobody's escaping: the token was made up.
    return ''
  }
}

/** `weir1.<account>.<model>.<item id>.<payload>`, the payload untouched. */
export function tag(issuer: Issuer, itemId: string, payload: string): string {
  return `${mark}.${escaped(issuer.account)}.${escaped(issuer.model)}.${escaped(itemId)}.${payload}`
}

/** A token that is its issuer's own again. */
export interface Opened {
  readonly payload: string
  /** The id that the item had which carried it. */
  readonly itemId: string
}

/** A token that this issuer made; `undefined` for another issuer's, and for one that Weir never tagged. */
export function open(token: string, issuer: Issuer): Opened | undefined {
  const [first, account, model, item, ...payload] = token.split('.')
  if (first !== mark || item === undefined) return undefined
  if (account !== escaped(issuer.account) || model !== escaped(issuer.model)) return undefined
  return { payload: payload.join('.'), itemId: unescaped(item) }
}
