// A replay token travels tagged with who issued it, so that it can be given back to that issuer and to nobody else.

/** Who issues and takes back replay tokens: one model of one account. */
export interface Issuer {
  readonly account: string
  readonly model: string
}

const mark = 'weir1'
const escaped = (text: string): string => encodeURIComponent(text).replaceAll('.', '%2E')

/** `weir1.<account>.<model>.<item id>.<payload>`, the payload untouched. */
export function tag(issuer: Issuer, itemId: string, payload: string): string {
  return `${mark}.${escaped(issuer.account)}.${escaped(issuer.model)}.${escaped(itemId)}.${payload}`
}

/** The payload of a token that this issuer made; `undefined` for another issuer's, and for one that Weir never tagged. */
export function open(token: string, issuer: Issuer): string | undefined {
  const [first, account, model, item, ...payload] = token.split('.')
  if (first !== mark || item === undefined) return undefined
  if (account !== escaped(issuer.account) || model !== escaped(issuer.model)) return undefined
  return payload.join('.')
}
