// Models of an account that are not where the account is.
import type { Integration, ProviderAccountManifest } from '@weir/contracts'
import type { Account } from '../configuration.js'
import type { AuthReader } from '../upstream/credentials/credentials.js'
import type { Provider } from '../upstream/provider.js'
import { compileCredential } from './connection.js'
import { at, type Located } from './manifests.js'
import { placeOfManifest, type Place } from './place.js'

/** Fields of a model that is a server of its own. */
const ownFields = ['url', 'hosted_model_name', 'model_server', 'auth_data', 'headers'] as const

/** The name by which a provider knows a model of an account. */
export const upstreamName = ({ name, model_id: id, hosted_model_name: hosted }: Integration): string => hosted ?? id ?? name

/**
 * By name, the models that answer elsewhere than their account, or want another credential than it. Throws an error at the field at
 * fault.
 */
export function compileParts(
  manifest: ProviderAccountManifest,
  account: Account,
  reader: AuthReader & { readonly located: Located },
): ReadonlyMap<string, Account> {
  const parts = new Map<string, Account>()
  for (const [index, integration] of (manifest.integrations ?? []).entries()) {
    const part = compilePart(manifest, integration, ['integrations', String(index)], account, reader)
    if (part) parts.set(integration.name, part)
  }
  return parts
}

function compilePart(
  manifest: ProviderAccountManifest,
  integration: Integration,
  prefix: readonly string[],
  account: Account,
  reader: AuthReader & { readonly located: Located },
): Account | undefined {
  const { servers, place } = account.provider
  const problem = (field: string, sentence: string): Error => at(reader.located, [...prefix, field], sentence)
  if (!servers)
    for (const field of ownFields)
      if (integration[field] !== undefined) throw problem(field, `This is no field of a model of ${account.provider.name}.`)
  if (integration.region !== undefined) {
    if (place?.variables.region === undefined) throw problem('region', `This is no field of a model of ${account.provider.name}.`)
    if (manifest.base_url !== undefined) throw problem('region', 'The base_url of its account says the region.')
    const own = placeOfManifest({ ...manifest, region: integration.region }, account.provider, reader.located)
    return partOf(account, account.provider, own, compileCredential(manifest, account.provider, own, reader))
  }
  if (!servers) return undefined
  const server = servers[integration.model_server ?? 'openai-compatible']
  if (!server) {
    const known = Object.keys(servers).join(' and ')
    throw problem('model_server', `${known} answer here; servers of embeddings and rankings do not yet.`)
  }
  const baseURL = integration.url ?? manifest.base_url
  if (baseURL === undefined) throw problem('url', 'A model has to say its url, where its account has no base_url.')
  if (/[?#]/.test(baseURL)) throw problem('url', 'It takes a URL without a query or a fragment.')
  const own: Place = { baseURL: baseURL.replace(/\/+$/, '') }
  const said = {
    ...manifest,
    ...(integration.auth_data && { auth_data: integration.auth_data }),
    headers: { ...manifest.headers, ...integration.headers },
  }
  // What the account says has been read without fault; whatever is wrong now is the model's own.
  const where = (path: string[]): string[] => {
    const [field] = path
    return (field === 'auth_data' || field === 'headers') && integration[field] !== undefined ? [...prefix, ...path] : path
  }
  const authorize = compileCredential(said, account.provider, own, {
    environment: reader.environment,
    read: (path, value) => reader.read(where(path), value),
    problem: (path, sentence) => reader.problem(where(path), sentence),
  })
  return partOf(account, server, own, authorize)
}

const partOf = (account: Account, provider: Provider, { baseURL }: Place, authorize: Account['authorize']): Account => ({
  ...account,
  provider,
  baseURL,
  dialects: provider === account.provider ? account.dialects : provider.dialects,
  authorize,
})
