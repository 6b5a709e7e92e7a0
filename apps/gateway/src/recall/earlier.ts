// The turns before this one, whichever way they are held.
import { GatewayError, type responses } from '@weir/contracts'
import type { Ingressed, Recalled } from '../exchange.js'
import type { Owner } from '../ports/owner.js'
import type { Ports } from '../ports/ports.js'
import { StoreError } from '../ports/store-error.js'
import { readConversationItem, readInput, readOutput, readUpstream } from '../remember/stored-form.js'
import { chain, type Chain } from './chain.js'

export type Earlier = Pick<Recalled, 'history' | 'bookmark' | 'unstored' | 'upstreamParent'>

type Stores = Pick<Ports, 'responses' | 'conversations'>

/**
 * Every item of the chain or conversation that this turn continues, oldest first. Throws 404 where it is not there whole, and 400
 * where its end is still being made.
 */
export async function earlier(exchange: Ingressed, stores: Stores): Promise<Earlier> {
  const { previousResponseId, conversation } = exchange.ask
  if (previousResponseId !== undefined) return chainHistory(exchange, previousResponseId, stores)
  if (conversation !== undefined) return conversationHistory(exchange.caller, conversation, stores)
  return { history: [], bookmark: undefined }
}

async function chainHistory(exchange: Ingressed, id: string, stores: Stores): Promise<Earlier> {
  const before = await followed(exchange, id, stores)
  if (!before) throw lost(id)
  const { links, unstored } = before
  const running = links.find(({ job }) => job !== undefined)
  if (running)
    throw new GatewayError('invalid_value', {
      message: `previous_response_id: The response "${running.id}" is ${running.job} still; go on from it when it has ended.`,
      param: 'previous_response_id',
    })
  const history: responses.InputItem[] = []
  const begun = links[0]?.conversation
  if (begun) {
    // Its first turn stood in a conversation, and knew what was there then.
    const known = await stores.conversations.history(exchange.caller, begun.id, begun.place)
    if (!known) throw lost(id)
    history.push(...known.items.map(readConversationItem))
  }
  for (const link of links) history.push(...readInput(link.input), ...readOutput(link.response))
  const kept = unstored ? undefined : readUpstream(links.at(-1)?.response ?? '')
  return { history, bookmark: undefined, ...(unstored && { unstored }), ...(kept?.whole && { upstreamParent: kept }) }
}

async function followed(exchange: Ingressed, id: string, stores: Stores): Promise<Chain | undefined> {
  try {
    return await chain(exchange, id, stores)
  } catch (error) {
    if (!(error instanceof StoreError) || error.fault !== 'chain') throw error
    throw new GatewayError('invalid_value', {
      message: 'previous_response_id: The responses before this one run in a circle, or are too many to be continued.',
      param: 'previous_response_id',
      detail: error.message,
      cause: error,
    })
  }
}

const lost = (id: string): GatewayError =>
  new GatewayError('previous_response_not_found', {
    message: `The response "${id.slice(0, 100)}" was not found, or something before it was deleted.`,
    param: 'previous_response_id',
  })

async function conversationHistory(owner: Owner, id: string, { conversations }: Stores): Promise<Earlier> {
  const found = await conversations.history(owner, id)
  if (!found)
    throw new GatewayError('not_found', {
      message: `conversation: There is no conversation "${id.slice(0, 100)}".`,
      param: 'conversation',
    })
  return {
    history: found.items.map(readConversationItem),
    bookmark: { id, place: found.place },
  }
}
