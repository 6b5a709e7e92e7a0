import type { Contract, Handlers, Model } from '@weir/contracts'
import { findCandidate, unknownModel } from '../resolve/resolve.js'
import type { HandlerContext } from './context.js'

/** Providers do not say when a model was made; this is the time at which this gateway began to offer it. */
const created = Math.floor(Date.now() / 1000)

const model = (id: string, account: string): Model => ({ id, object: 'model', created, owned_by: account })

export const models: Handlers<Contract, HandlerContext>['models'] = {
  list(_, { configuration }) {
    const data: Model[] = []
    for (const account of configuration.accounts.values())
      for (const name of account.models?.keys() ?? []) data.push(model(`${account.name}/${name}`, account.name))
    return { object: 'list', data }
  },

  get({ id }, { configuration }) {
    const candidate = findCandidate(id, undefined, configuration)
    if (!candidate) throw unknownModel(id, configuration)
    return model(id, candidate.account.name)
  },
}
