// What a request lets a model call, held against what it has called: a server may show such limits to its model or forget them.
import { mintId } from '@weir/contracts'
import { allows, type Event, type Item, type Loss, type MessageItem, type ToolCallItem } from '@weir/dialects'
import type { Routed } from '../route/route.js'

/** Why a call must not reach the caller, or nothing. To be asked once for each call, in their order. */
export type Limits = (call: ToolCallItem) => Loss | undefined

interface ToolFields {
  readonly tool_choice?: unknown
  readonly parallel_tool_calls?: boolean | null
}

/** The limits of this request, if it has any that the target is not known to hold itself. */
export function limitsOf({ attempt, body, asked, ingress }: Routed): Limits | undefined {
  const { provider } = attempt.candidate.account
  if (attempt.lane === 'native') {
    if (provider.holdsToolChoice === true || !ingress.holdsCalls) return undefined
    // What was asked is decoded only where there is something to hold: of dialects that are held natively these are the fields.
    const { tool_choice: given = 'auto', parallel_tool_calls: parallel } = body as ToolFields
    if ((given === null || given === 'auto' || given === 'required') && parallel !== false) return undefined
  }
  const { toolChoice, parallelToolCalls } = asked()
  const open = toolChoice === undefined || toolChoice.type === 'auto' || toolChoice.type === 'required'
  if (open && parallelToolCalls !== false) return undefined
  const called = new Set<number>()
  return (call) => {
    if (!allows(toolChoice, call))
      return withheld('toolChoice', `The model called ${call.name}, which the request does not allow.`)
    const choice = call.choice ?? 0
    if (parallelToolCalls === false && called.has(choice))
      return withheld(
        'parallelToolCalls',
        `The model called ${call.name} beside another tool; the request allows one call at a time.`,
      )
    called.add(choice)
    return undefined
  }
}

const withheld = (path: string, reason: string): Loss => ({ path, disposition: 'dropped', reason })

/** Holds the events of one answer against the limits of its request. */
export interface Enforcing {
  event(event: Event): void
  /** The calls that were taken out, by the number of their item. */
  readonly withheld: ReadonlyMap<number, ToolCallItem>
  /** What stands in for an answer of which nothing would be left. */
  readonly refusal: () => MessageItem | undefined
}

/**
 * Passes events on without the calls that the request does not allow, each of them a loss on record. Where nothing else was said the
 * answer is a refusal that says why: an empty answer would look like a model that had nothing to say.
 */
export function enforcing({ trail }: Pick<Routed, 'trail'>, limits: Limits | undefined, emit: (event: Event) => void): Enforcing {
  const taken = new Map<number, ToolCallItem>()
  if (!limits) return { event: emit, withheld: taken, refusal: () => undefined }
  let refusal: MessageItem | undefined
  let next = 0
  let says = false

  function refuse(): void {
    refusal = refusalOf([...taken.values()])
    const start: MessageItem = { ...refusal, status: 'in_progress', content: [] }
    const [part] = refusal.content
    emit({ type: 'item-start', item: next, start })
    if (part?.type === 'refusal') emit({ type: 'text-delta', item: next, part: 0, kind: 'refusal', text: part.refusal })
    emit({ type: 'item-end', item: next, end: refusal })
  }

  return {
    withheld: taken,
    refusal: () => refusal,
    event(event) {
      switch (event.type) {
        case 'item-start': {
          next = Math.max(next, event.item + 1)
          const loss = event.start.type === 'tool-call' ? limits(event.start) : undefined
          if (!loss || event.start.type !== 'tool-call') return emit(event)
          trail.losses = [...trail.losses, loss]
          trail.withheld = true
          taken.set(event.item, event.start)
          return
        }
        case 'item-end':
          if (taken.has(event.item)) return
          says ||= isSaid(event.end)
          return emit(event)
        case 'turn-end':
          if (taken.size > 0 && !says && event.outcome.status === 'completed') refuse()
          return emit(event)
        default:
          if (!('item' in event && taken.has(event.item))) emit(event)
      }
    },
  }
}

/** Reasoning alone is no answer. */
const isSaid = (item: Item): boolean => (item.type === 'message' ? item.content.length > 0 : item.type !== 'reasoning')

function refusalOf(calls: readonly ToolCallItem[]): MessageItem {
  const names = [...new Set(calls.map(({ name }) => name))].join(', ')
  return {
    type: 'message',
    id: mintId('message'),
    role: 'assistant',
    status: 'completed',
    content: [
      { type: 'refusal', refusal: `The model called ${names}, which this request does not allow. The call was withheld.` },
    ],
  }
}
