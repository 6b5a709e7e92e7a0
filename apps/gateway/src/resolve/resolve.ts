import { GatewayError } from '@weir/contracts'
import type { Account, Configuration } from '../configuration.js'
import type { Candidate, Recalled, Resolved } from '../exchange.js'
import { header } from '../ingress/labels.js'
import { nearNames } from './near-names.js'

/** The targets that may serve this model name, at least one. Throws 404 that lists near names. */
export async function resolve(exchange: Recalled): Promise<Resolved> {
  const { configuration, ask, head } = exchange
  const named = header(head, 'x-weir-provider-name', 'x-tfy-provider-name')
  const candidate = findCandidate(ask.model, named, configuration)
  if (!candidate) throw unknownModel(ask.model, configuration)
  return { ...exchange, candidates: [candidate] }
}

/**
 * `<account>/<model>`, where the model's name may hold slashes itself; or a bare model name, with the account in the header
 * `x-weir-provider-name` or known to list exactly this one.
 */
export function findCandidate(name: string, accountName: string | undefined, { accounts }: Configuration): Candidate | undefined {
  const slash = name.indexOf('/')
  const prefixed = slash > 0 ? accounts.get(name.slice(0, slash)) : undefined
  if (prefixed) {
    const found = candidate(prefixed, name.slice(slash + 1))
    if (found) return found
  }
  const named = accountName === undefined ? undefined : accounts.get(accountName)
  if (named) return candidate(named, name)
  const listing = [...accounts.values()].filter(
    (account) => account.provider.credential.header !== 'none' && account.models?.has(name),
  )
  const [only, ...others] = listing
  return only && others.length === 0 ? candidate(only, name) : undefined
}

function candidate(account: Account, model: string): Candidate | undefined {
  const upstream = account.models === undefined ? model : account.models.get(model)
  if (upstream === undefined || upstream === '') return undefined
  const { quirks } = account.provider
  return { account, target: { model: upstream, ...(quirks && { quirks }) } }
}

/** The 404 of a model that is not here, with up to three names that are like it. */
export function unknownModel(name: string, { accounts }: Configuration): GatewayError {
  const known: string[] = []
  for (const account of accounts.values()) {
    if (account.models) for (const model of account.models.keys()) known.push(`${account.name}/${model}`)
    else known.push(`${account.name}/…`)
  }
  const near = nearNames(name, known)
  const hint =
    near.length > 0
      ? `Near it: ${near.join(', ')}.`
      : `Accounts here: ${[...accounts.keys()].join(', ') || 'none'}; a model is named <account>/<model>.`
  return new GatewayError('model_not_found', { message: `There is no model "${name.slice(0, 200)}". ${hint}`, param: 'model' })
}
