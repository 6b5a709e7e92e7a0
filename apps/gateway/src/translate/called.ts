import { responses, type Item } from '@weir/dialects'
import type { CallTokens } from '../remember/calls.js'
import { putBack, type TurnForm } from './put-back.js'
import type { Issuer } from './replay-token.js'

/** Items with what is remembered of their calls put back. */
export function withCalled(items: readonly Item[], called: ReadonlyMap<string, CallTokens>, issuer: Issuer): readonly Item[] {
  if (called.size === 0) return items
  const turns: Item[][] = []
  for (const item of items) {
    const last = turns.at(-1)
    if (last && last[0]?.turn === item.turn) last.push(item)
    else turns.push([item])
  }
  return turns.flatMap((turn) => putBack(turn, called, issuer, formOf(turn[0]?.turn)))
}

const formOf = (turn: number | undefined): TurnForm<Item> => ({
  callId: (item) => (item.type === 'tool-call' ? item.callId : undefined),
  isReasoning: ({ type }) => type === 'reasoning',
  isReplayed: ({ type, replay }) => type === 'reasoning' && replay !== undefined,
  reasoning(wire) {
    const { items } = responses.request.decode({ model: '', input: [wire] })
    // One item of the wire is one item.
    return { ...(items[0] as Item), ...(turn !== undefined && { turn }) }
  },
  // The language in which it came back is set when it is opened.
  signed: (call, payload) => (call.replay ? call : { ...call, replay: { dialect: 'responses', payload } }),
})
