import type { responses } from '@weir/contracts'
import type { Loss } from '@weir/dialects'
import type { Candidate, Guarded } from '../../exchange.js'
import type { CallTokens } from '../../remember/calls.js'
import { putBack, type TurnForm } from '../put-back.js'
import { open, type Issuer } from '../replay-token.js'
import type { Prepared } from './prepared.js'

/** The caller's own body with the history put in front, and the gateway's business taken out. */
export function responsesBody(exchange: Guarded, candidate: Candidate): Prepared {
  const wire = exchange.body as responses.ResponsesRequest
  const { provider } = candidate.account
  // The gateway keeps the state: the upstream is asked to keep nothing unless its account and the caller both want that, and it
  // knows nothing of Weir's ids. Nor does it shorten the conversation: the gateway does that, and says how.
  const {
    previous_response_id: _,
    conversation: __,
    background: ___,
    truncation: ____,
    context_management: _____,
    metadata,
    ...body
  } = wire
  const issuer = { account: candidate.account.name, model: candidate.target.model }
  const takesRaw = candidate.target.quirks?.rawReasoning === true
  const own = typeof wire.input === 'string' ? wire.input : withCalled(wire.input ?? [], exchange.called, issuer)
  const kept = candidate.account.keepsState && exchange.ask.store
  const parent = upstreamParent(exchange, candidate)
  const replayed = parent === undefined && exchange.history.length > 0
  const prepared = openWire(replayed ? [...exchange.history, ...asItems(own)] : own, issuer, takesRaw)
  const include = wire.include ?? []
  const encrypted = 'reasoning.encrypted_content'
  const asksForTokens = provider.replaysReasoning?.(candidate.target.model) === true && !include.includes(encrypted)
  return {
    body: {
      ...body,
      input: prepared.input,
      store: kept,
      ...(parent !== undefined && { previous_response_id: parent }),
      ...(asksForTokens && { include: [...include, encrypted] }),
      ...(provider.reads?.includes('metadata') && metadata && { metadata }),
    },
    losses: prepared.losses,
    kept,
    continued: parent !== undefined,
  }
}

/** The id that the turn before this one has at this candidate, if it has one there. */
function upstreamParent({ upstreamParent: parent }: Guarded, { account, target }: Candidate): string | undefined {
  const same = account.keepsState && parent?.account === account.name && parent.model === target.model
  return same ? parent.id : undefined
}

const asItems = (input: string | responses.InputItem[]): responses.InputItem[] =>
  typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input

/** The caller's items with what is remembered of their calls put back. */
function withCalled(
  input: responses.InputItem[],
  called: ReadonlyMap<string, CallTokens>,
  issuer: Issuer,
): responses.InputItem[] {
  if (called.size === 0) return input
  const turns: responses.InputItem[][] = [[]]
  for (const item of input) {
    turns.at(-1)?.push(item)
    const ends = ('role' in item && item.role !== 'assistant') || item.type?.endsWith('_output') === true
    if (ends) turns.push([])
  }
  return turns.flatMap((turn) => putBack(turn, called, issuer, form))
}

const form: TurnForm<responses.InputItem> = {
  callId: (item) =>
    'call_id' in item && typeof item.call_id === 'string' && item.type?.endsWith('_output') !== true ? item.call_id : undefined,
  isReasoning: ({ type }) => type === 'reasoning',
  isReplayed: (item) => item.type === 'reasoning' && 'encrypted_content' in item && typeof item.encrypted_content === 'string',
  reasoning: (item) => item,
  // No model that speaks this language signs its calls.
  signed: (call) => call,
}

/** Kinds whose ids are Weir's or another upstream's: this upstream would look them up in vain. */
const forgetsId = new Set([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'shell_call',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
  'tool_search_call',
  'tool_search_output',
  'additional_tools',
])

/** Items as this issuer may see them: its own replay tokens opened, everyone else's declared lost. */
function openWire(
  input: string | responses.InputItem[],
  issuer: Issuer,
  takesRaw: boolean,
): { input: string | responses.InputItem[]; losses: Loss[] } {
  const losses: Loss[] = []
  if (typeof input === 'string') return { input, losses }
  const items: responses.InputItem[] = []
  for (const [place, item] of input.entries()) {
    const type = item.type ?? 'message'
    if (type === 'reasoning') {
      const reasoning = openReasoning(item as responses.ReasoningItem, issuer, takesRaw)
      if (reasoning) items.push(reasoning)
      else losses.push(strange(`items[${place}]`, 'Reasoning of another model cannot be replayed here.'))
    } else if (forgetsId.has(type) && ('id' in item || 'encrypted_content' in item)) {
      // A token on anything but reasoning is of a model that speaks another language.
      const { id: _, encrypted_content: token, ...rest } = item as { id: unknown; encrypted_content?: unknown }
      if (token !== undefined) losses.push(strange(`items[${place}].replay`, 'A replay token goes back to its issuer only.'))
      items.push(rest as responses.InputItem)
    } else items.push(item)
  }
  return { input: items, losses }
}

const strange = (path: string, reason: string): Loss => ({ path, disposition: 'dropped', reason })

/** Its own reasoning as it gave it; another's as plain text, without the id that it would look up in vain, or not at all. */
function openReasoning(item: responses.ReasoningItem, issuer: Issuer, takesRaw: boolean): responses.ReasoningItem | undefined {
  // What is kept of an upstream's items nobody has checked.
  const opened = typeof item.encrypted_content === 'string' ? open(item.encrypted_content, issuer) : undefined
  // A caller may have brought the token back without the id that stands beside it.
  if (opened) return { ...item, id: item.id ?? opened.itemId, encrypted_content: opened.payload }
  const { encrypted_content: _, id: __, ...rest } = item
  return takesRaw && item.content && item.content.length > 0 ? rest : undefined
}
