import { GatewayError, type Contract, type Handlers, type responses as wire } from '@weir/contracts'
import type { StoredResponse } from '../ports/response-store.js'
import { readInput, readResponse } from '../remember/stored-form.js'
import type { HandlerContext } from './context.js'

async function stored(id: string, { ports, caller }: HandlerContext): Promise<StoredResponse> {
  const found = await ports.responses.get(caller, id)
  if (found) return found
  throw unknown(id)
}

const unknown = (id: string): GatewayError =>
  new GatewayError('not_found', { message: `There is no response "${id.slice(0, 100)}".`, param: 'id' })

export const responses: Handlers<Contract, HandlerContext>['responses'] = {
  async get({ id, stream }, context) {
    if (stream === 'true')
      throw new GatewayError('unsupported_parameter', {
        message: 'stream=true is not supported here yet; leave it out.',
        param: 'stream',
      })
    return readResponse((await stored(id, context)).response, false)
  },

  async delete({ id }, { ports, caller }) {
    if (!(await ports.responses.delete(caller, id))) throw unknown(id)
    return { id, object: 'response', deleted: true }
  },

  async inputItems({ id, limit, order, after }, context) {
    const items = readInput((await stored(id, context)).input)
    if (order === 'desc') items.reverse()
    const from = after === undefined ? 0 : items.findIndex((item) => itemId(item) === after) + 1
    if (after !== undefined && from === 0)
      throw new GatewayError('invalid_value', {
        message: `after: there is no item "${after.slice(0, 100)}" in this response.`,
        param: 'after',
      })
    const data = items.slice(from, from + limit)
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
