import { GatewayError } from '@weir/contracts'
import type { Account, Configuration } from '../configuration.js'
import type { Candidate } from '../exchange.js'
import type { Operation } from '../operations/operation.js'

type Ability = Operation['ability']

/** What the models of an account can do, as far as its provider says. */
const abilitiesOf = ({ provider }: Account): readonly Ability[] => [
  'generate',
  // The keys of the record are abilities by its type.
  ...(Object.keys(provider.operations ?? {}) as Ability[]),
]

/** Refuses a model that does not do what is asked, before it is asked: 400 that says what it does, and who here does the other. */
export function assertAble({ account, target }: Candidate, ability: Ability, { accounts }: Configuration): void {
  const able = account.provider.abilitiesOf?.(target.model) ?? abilitiesOf(account)
  if (able.includes(ability)) return
  const others = [...accounts.values()].filter((other) => abilitiesOf(other).includes(ability)).map(({ name }) => name)
  const does = able.length > 0 ? `what it does is ${able.join(', ')}` : 'it does nothing that is asked here'
  const elsewhere =
    others.length > 0 ? `Accounts here with models for that: ${others.join(', ')}.` : 'No account here has a model for that.'
  throw new GatewayError('unsupported_parameter', {
    message: `model: ${account.name}/${target.model.slice(0, 200)} does not ${ability}; ${does}. ${elsewhere}`,
    param: 'model',
  })
}
