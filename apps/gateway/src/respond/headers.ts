import type { Candidate } from '../exchange.js'
import type { Trail } from '../trail.js'
import type { Loss } from '@weir/dialects'
import type { AnswerHeaders } from './outlets/outlet.js'

const longestLosses = 1024
/** Longer heads than some 16 KB are refused by clients, and a model's name is the caller's own word. */
const longestModel = 512

/** What is known of an answer when its head leaves. Under `x-weir-` and, for callers of a gateway that has them so, `x-tfy-`. */
export function answerHeaders(
  { trail }: { readonly trail: Trail },
  { candidate: { account, target } }: { readonly candidate: Candidate },
  stored: boolean,
): AnswerHeaders {
  const resolved = `${account.name}/${target.model}`
  // Header values are Latin-1 at best; a model's name may be anything.
  const safe = resolved.slice(0, longestModel).replace(/[^\x20-\x7e]/g, '?')
  return {
    'x-weir-resolved-model': safe,
    'x-tfy-resolved-model': safe,
    'x-weir-attempts': String(trail.attempts.length),
    ...(stored && trail.responseId !== null && { 'x-weir-response-id': trail.responseId }),
    ...(trail.losses.length > 0 && { 'x-weir-losses': lossesHeader(trail.losses) }),
  }
}

/** A count and the first few, at most 1 KB. */
function lossesHeader(losses: readonly Loss[]): string {
  let text = String(losses.length)
  for (const [place, { path, disposition }] of losses.entries()) {
    const next = `${place === 0 ? '; ' : ', '}${path} ${disposition}`.replace(/[^\x20-\x7e]/g, '?')
    if (text.length + next.length > longestLosses) break
    text += next
  }
  return text
}
