import { GatewayError } from '@weir/contracts'
import type { Account, Configuration } from '../configuration.js'
import type { Candidate, Entered, Served } from '../exchange.js'
import { header } from '../ingress/labels.js'
import { assertAble } from './abilities.js'
import { nearNames } from './near-names.js'

/**
 * The targets that may serve this model name, at least one. Throws 404 that lists near names, and 400 where the model does not do what is
 * asked.
 */
export async function resolve<Exchange extends Entered>(exchange: Exchange): Promise<Exchange & Served> {
  const { configuration, ask, head, operation } = exchange
  const named = header(head, 'x-weir-provider-name', 'x-tfy-provider-name')
  if (named !== undefined && !configuration.accounts.has(named))
    throw new GatewayError('model_not_found', {
      message: `There is no account "${named.slice(0, 100)}". ${accountsHere(configuration)}`,
      param: 'x-weir-provider-name',
    })
  const candidate = findCandidate(ask.model, named, configuration)
  if (!candidate) throw unknownModel(ask.model, configuration)
  assertAble(candidate, operation.ability, configuration)
  return { ...exchange, candidates: [candidate] }
}

/**
 * `<account>/<model>`, where the model's name may hold slashes itself. With the account in the header `x-weir-provider-name`,
 * the name is the account's own (with or without the account before it). A bare name is enough where one account lists it.
 */
export function findCandidate(name: string, accountName: string | undefined, { accounts }: Configuration): Candidate | undefined {
  const slash = name.indexOf('/')
  if (accountName !== undefined) {
    const named = accounts.get(accountName)
    if (!named) return undefined
    return name.startsWith(`${accountName}/`) ? candidate(named, name.slice(slash + 1)) : candidate(named, name)
  }
  const prefixed = slash > 0 ? accounts.get(name.slice(0, slash)) : undefined
  const found = prefixed && candidate(prefixed, name.slice(slash + 1))
  if (found) return found
  const listing = [...accounts.values()].filter(
    (account) => account.provider.credential.header !== 'none' && account.models?.has(name),
  )
  const [only, ...others] = listing
  return only && others.length === 0 ? candidate(only, name) : undefined
}

function candidate(whole: Account, model: string): Candidate | undefined {
  const account = whole.parts?.get(model) ?? whole
  const listed = account.models === undefined ? model : account.models.get(model)
  const upstream = listed ?? (account.provider.knows?.(model) ? model : undefined)
  if (upstream === undefined || upstream === '') return undefined
  const { quirks, quirksOf } = account.provider
  return { account, target: { model: upstream, ...((quirks || quirksOf) && { quirks: { ...quirks, ...quirksOf?.(upstream) } }) } }
}

/** The 404 of a model that is not here, with up to three names that are like it. */
export function unknownModel(name: string, { accounts }: Pick<Configuration, 'accounts'>): GatewayError {
  const known: string[] = []
  for (const account of accounts.values()) {
    if (account.models) for (const model of account.models.keys()) known.push(`${account.name}/${model}`)
    else known.push(`${account.name}/…`)
  }
  const near = nearNames(name, known)
  const hint = near.length > 0 ? `Near it: ${near.join(', ')}.` : accountsHere({ accounts })
  return new GatewayError('model_not_found', { message: `There is no model "${name.slice(0, 200)}". ${hint}`, param: 'model' })
}

const accountsHere = ({ accounts }: Pick<Configuration, 'accounts'>): string =>
  `Accounts here: ${[...accounts.keys()].join(', ') || 'none'}; a model is named <account>/<model>.`
