import { GatewayError, type Contract, type Handlers, type Includable, type responses as wire } from '@weir/contracts'
import type { StoredResponse } from '../ports/response-store.js'
import { cancel, discard } from '../jobs/cancel.js'
import { eventsOf, tail } from '../jobs/tail.js'
import { readInput, readStanding, readUpstream } from '../remember/stored-form.js'
import { compact } from './compact.js'
import { forget } from '../upstream/forget.js'
import { inputTokens } from './count-tokens.js'
import type { HandlerContext } from './context.js'
import { shown } from './shown.js'

async function stored(id: string, { ports, caller }: HandlerContext): Promise<StoredResponse> {
  const found = await ports.responses.get(caller, id)
  if (found) return found
  throw unknown(id)
}

/** A response that is being ended by somebody else, once it has. */
async function atItsEnd(id: string, context: HandlerContext): Promise<StoredResponse> {
  const { ports, caller, signal } = context
  const last = (await ports.journal.last(id)) ?? -1
  for await (const _ of tail({ owner: caller, id }, last, ports, signal));
  return stored(id, context)
}

const unknown = (id: string): GatewayError =>
  new GatewayError('not_found', { message: `There is no response "${id.slice(0, 100)}".`, param: 'id' })

/** A response as it stands; the replay tokens that were held back come with it for whoever asks now. */
const asMade = (found: StoredResponse, include: readonly Includable[]): wire.ResponseObject =>
  readStanding(found, include.includes('reasoning.encrypted_content'))

export const responses: Handlers<Contract, HandlerContext>['responses'] = {
  get: {
    async whole({ id, include = [] }, context) {
      return asMade(await stored(id, context), include)
    },
    async stream({ id, include = [], starting_after: after = -1 }, context) {
      const found = await stored(id, context)
      return eventsOf(found, asMade(found, include), after, context.ports, context.signal)
    },
  },

  async cancel({ id }, context) {
    const found = await stored(id, context)
    const response = readStanding(found, false)
    if (!response.background)
      throw new GatewayError('invalid_value', {
        message: 'Only a response that was created with background: true can be cancelled.',
        param: 'id',
      })
    // One that has ended stays as it is.
    if (!found.job) return response
    return (await cancel(id, context)) ?? readStanding(await atItsEnd(id, context), false)
  },

  inputTokens,

  compact,

  async delete({ id }, context) {
    const { ports, caller, configuration, requestId } = context
    const found = await stored(id, context)
    if (!(await (found.job ? discard(id, context) : ports.responses.delete(caller, id)))) throw unknown(id)
    const kept = readUpstream(found.response)
    if (kept) await forget({ id: requestId, owner: found.owner, responseId: id, kept, configuration }, ports)
    return { id, object: 'response', deleted: true }
  },

  async inputItems({ id, limit, order, after, include = [] }, context) {
    const items = readInput((await stored(id, context)).input)
    if (order === 'desc') items.reverse()
    const from = after === undefined ? 0 : items.findIndex((item) => itemId(item) === after) + 1
    if (after !== undefined && from === 0)
      throw new GatewayError('invalid_value', {
        message: `after: there is no item "${after.slice(0, 100)}" in this response.`,
        param: 'after',
      })
    const data = items.slice(from, from + limit).map((item) => shown(item, include))
    return {
      object: 'list',
      data,
      first_id: itemId(data[0]),
      last_id: itemId(data.at(-1)),
      has_more: from + limit < items.length,
    }
  },
}

const itemId = (item: wire.InputItem | undefined): string | null =>
  item && 'id' in item && typeof item.id === 'string' ? item.id : null
