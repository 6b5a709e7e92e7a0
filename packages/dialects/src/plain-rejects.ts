import type { Loss } from './generate/canonical/loss.js'
import { dropped } from './generate/losses.js'
import type { PlainQuirks } from './plain-dialect.js'

/** The body without the fields that its server rejects, each declared as dropped by its name on the wire. */
export function withoutRejected<Body extends object>(body: Body, { rejects = [] }: PlainQuirks, losses: Loss[]): Body {
  const left = rejects.filter((field) => field in body)
  if (left.length === 0) return body
  for (const field of left) losses.push(dropped(field, `This server rejects ${field}.`))
  return Object.fromEntries(Object.entries(body).filter(([field]) => !left.includes(field))) as Body
}

/** Declares what is too much for one request of this server. `path`: where it stood. */
export function refuseSurplus(path: string, count: number, { mostInputs = Infinity }: PlainQuirks, losses: Loss[]): void {
  if (count > mostInputs)
    losses.push({
      path,
      disposition: 'refused',
      reason: `It takes at most ${mostInputs} of them in one request, and these are ${count}.`,
    })
}
