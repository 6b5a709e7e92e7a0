import type { responses } from '@weir/contracts'
import type { CallMemoryEntry } from '../ports/call-memory.js'
import type { Ports } from '../ports/ports.js'
import type { Answered } from '../respond/respond.js'
import { withTokens } from './stored-form.js'

/** What a model has to be given back with one of its calls. */
export interface CallTokens {
  /** The reasoning between the call before, or the beginning of the turn, and this one: items with their tagged tokens. */
  readonly reasoning: readonly responses.ReasoningItem[]
  /** The tagged token of the call itself. */
  readonly token?: string
}

/** The purpose for which it is sealed: there is reasoning in it. */
export const callPurpose = 'call memory'

/**
 * Remembers the replay tokens that belong to the calls of an answer, since most dialects have no place for them: a model that gets
 * its calls back without its reasoning refuses them, or has forgotten why it made them. Never rejects: the answer is as good without.
 */
export async function rememberCalls(answered: Answered, ports: Pick<Ports, 'calls' | 'seal'>): Promise<void> {
  const { generated, hidden, caller, trail } = answered
  if (!generated.items.some(({ type }) => type === 'tool-call')) return
  if (Object.keys(hidden).length === 0 && !generated.items.some(({ replay }) => replay)) return
  const kept = answered.kept()
  // What is kept is an answer in the Responses wire, whatever the caller speaks.
  const { output } = kept.response as responses.ResponseObject
  const entries = entriesOf(withTokens(output, kept.hidden)).map(({ callId, tokens }): CallMemoryEntry => {
    return { callId, memory: ports.seal.seal(JSON.stringify(tokens), callPurpose) }
  })
  if (entries.length === 0) return
  const owner = { tenant: caller.tenant, subject: caller.subject }
  await ports.calls.keep(owner, entries, trail.stored ? trail.responseId : null).catch(() => {})
}

function entriesOf(output: readonly responses.OutputItem[]): { callId: string; tokens: CallTokens }[] {
  const entries: { callId: string; tokens: CallTokens }[] = []
  let reasoning: responses.ReasoningItem[] = []
  for (const item of output) {
    const { type, call_id: callId, encrypted_content: token } = item as Readonly<Record<string, unknown>>
    if (type === 'reasoning' && typeof token === 'string') reasoning.push(item as responses.ReasoningItem)
    if (typeof callId !== 'string' || String(type).endsWith('_output')) continue
    const own = typeof token === 'string' ? { token } : {}
    if (reasoning.length > 0 || typeof token === 'string') entries.push({ callId, tokens: { reasoning, ...own } })
    reasoning = []
  }
  return entries
}
