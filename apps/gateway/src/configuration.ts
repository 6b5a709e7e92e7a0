// What the operator configured, compiled once and then only read. An exchange pins one configuration for its whole life.
import type { ProviderAccountManifest, VirtualAccountManifest } from '@weir/contracts'
import { hash } from 'node:crypto'
import type { DialectName } from '@weir/dialects'
import { StartError, type Environment, type Settings } from './config.js'
import type { Caller } from './exchange.js'
import { compileCredential } from './configuration/connection.js'
import { at, readManifests, type Located } from './configuration/manifests.js'
import { compileParts, upstreamName } from './configuration/parts.js'
import { placeOfEnvironment, placeOfManifest, valueOf, type Place } from './configuration/place.js'
import { secretOf } from './configuration/secrets.js'
import { compileWebhooks, ownerKey, type ConfiguredWebhook } from './configuration/webhooks.js'
import type { Owner } from './ports/owner.js'
import type { Credential } from './upstream/credentials/credential.js'
import { ambientCredential, apiKey, type AuthReader } from './upstream/credentials/credentials.js'
import { headerKey } from './upstream/credentials/header-key.js'
import { providers } from './upstream/providers/providers.js'
import type { Provider } from './upstream/provider.js'

export interface Configuration {
  readonly accounts: ReadonlyMap<string, Account>
  /** Callers by the SHA-256 of their key, in hex. */
  readonly keys: ReadonlyMap<string, ConfiguredKey>
  /** By `ownerKey`. */
  readonly webhooks: ReadonlyMap<string, readonly ConfiguredWebhook[]>
  /** Things that are allowed but that an operator should know of; logged at the start. */
  readonly warnings: readonly string[]
  readonly bodyLimit: number
  readonly fileLimit: number
  readonly attachmentLimit: number
  readonly fetchAllow: ReadonlySet<string>
  readonly upstreamTimeout: number
  readonly streamIdleTimeout: number
}

export interface ConfiguredKey {
  readonly caller: Caller
  /** Milliseconds since 1970; absent: never. */
  readonly expiresAt?: number
}

/** One configured connection to a provider. */
export interface Account {
  readonly name: string
  readonly provider: Provider
  readonly baseURL: string
  readonly dialects: readonly DialectName[]
  /** Whether the provider is asked to keep what it answers, and to go on from it. */
  readonly keepsState: boolean
  /** Puts its own headers and its credential on a request. A function, so that no log of an account ever shows them. */
  readonly authorize: Credential
  /** The models that it serves, by the name that callers use, with the provider's own; absent: any name is passed on. */
  readonly models: ReadonlyMap<string, string> | undefined
  /** By name, those of its models that answer elsewhere than the account or want another credential: each as an account of its name. */
  readonly parts?: ReadonlyMap<string, Account>
}

/** The tenant of everything that one installation keeps. */
export const defaultTenant = 'default'

/** The administrator, whom the first key and `WEIR_ADMIN_KEY` speak for. */
export const administrator: Caller = { tenant: defaultTenant, subject: 'user:admin', role: 'admin' }

/** How keys are kept and looked up: by their SHA-256, in hex. */
export const hashKey = (key: string): string => hash('sha256', key, 'hex')

/**
 * Compiles the manifest file, if there is one, and the accounts that the environment makes. Throws a `StartError` that names
 * file, line and field. Where both name an account, the file wins.
 */
export function compileConfiguration(settings: Settings): Configuration {
  const manifests = settings.configFile === undefined ? [] : readManifests(settings.configFile)
  const accounts = new Map<string, Account>()
  const keys = new Map<string, ConfiguredKey>()
  const webhooks = new Map<string, readonly ConfiguredWebhook[]>()
  const warnings: string[] = []
  for (const account of environmentAccounts(settings, warnings)) accounts.set(account.name, account)

  const seen = new Set<string>()
  for (const located of manifests) {
    const { manifest } = located
    const kind = manifest.type.split('/')[0] ?? manifest.type
    if (seen.has(`${kind} ${manifest.name}`)) throw at(located, ['name'], `There is already a ${kind} named "${manifest.name}".`)
    seen.add(`${kind} ${manifest.name}`)
    const read = (path: string[], value: string): string => {
      const secret = secretOf(value, settings.environment, (problem) => at(located, path, problem))
      if (secret.plain)
        warnings.push(
          `${located.file}: ${manifest.name}: ${path.join('.')} holds a secret in plain text; refer to it with env:// or file://.`,
        )
      return secret.value
    }
    if (isVirtualAccount(manifest)) {
      if (manifest.permissions !== undefined)
        warnings.push(`${located.file}: ${manifest.name}: permissions are not enforced yet; its key may use every account.`)
      webhooks.set(ownerKey(virtualOwner(manifest)), compileWebhooks(manifest, located, read))
      if (manifest.token === undefined) continue
      const hashed = hashKey(read(['token'], manifest.token))
      if (keys.has(hashed)) throw at(located, ['token'], 'Another virtual account has the same token.')
      keys.set(hashed, virtualKey(manifest))
    } else accounts.set(manifest.name, compileAccount(manifest, located, settings.environment, read))
  }
  if (settings.adminKey !== undefined) {
    const hashed = hashKey(settings.adminKey)
    if (keys.has(hashed)) throw new StartError('A virtual account has WEIR_ADMIN_KEY as its token; each needs a key of its own.')
    keys.set(hashed, { caller: administrator })
  }
  return {
    accounts,
    keys,
    webhooks,
    warnings: [...new Set(warnings)],
    bodyLimit: settings.bodyLimit,
    fileLimit: settings.fileLimit,
    attachmentLimit: settings.attachmentLimit,
    fetchAllow: settings.fetchAllow,
    upstreamTimeout: settings.upstreamTimeout,
    streamIdleTimeout: settings.streamIdleTimeout,
  }
}

const isVirtualAccount = (manifest: { type: string }): manifest is VirtualAccountManifest => manifest.type === 'virtual-account'

const day = 86_400_000

const virtualOwner = ({ name }: VirtualAccountManifest): Owner => ({ tenant: defaultTenant, subject: `virtualaccount:${name}` })

function virtualKey(manifest: VirtualAccountManifest): ConfiguredKey {
  const { expiration_date: date } = manifest
  const caller: Caller = { ...virtualOwner(manifest), role: 'member' }
  if (date === undefined) return { caller }
  // A date without a time is the last day on which the key is good, in UTC.
  return { caller, expiresAt: Date.parse(date) + (date.includes('T') ? 0 : day) }
}

function environmentAccounts({ environment, simulators }: Settings, warnings: string[]): Account[] {
  return providers.flatMap((provider) => {
    if (provider.credential.header === 'none')
      return simulators ? [environmentAccount(provider, { baseURL: provider.baseURL ?? '' }, headerKey({}))] : []
    const { key: name, identity = [] } = provider.environment ?? {}
    const { required, cloud } = provider.credential
    const key = valueOf(environment, name)
    const said = placeOfEnvironment(environment, provider)
    const place = said ?? (provider.baseURL !== undefined ? { baseURL: provider.baseURL } : undefined)
    if (!place) return []
    const known = identity.some((variable) => valueOf(environment, variable) !== undefined)
    if (key === undefined && (cloud ? !known : required || !said)) return []
    try {
      return [environmentAccount(provider, place, environmentCredential(provider, place, key, environment))]
    } catch (error) {
      // Whoever has an identity for something else and has never asked for this account is not to be stopped by it.
      if (!(error instanceof StartError)) throw error
      warnings.push(error.message)
      return []
    }
  })
}

function environmentCredential(provider: Provider, place: Place, key: string | undefined, environment: Environment): Credential {
  if (key !== undefined) return apiKey(provider, key)
  const problem = (_: string[], sentence: string): Error =>
    new StartError(`There is no account ${provider.name} from the environment: ${sentence}`)
  return ambientCredential(provider, place, { environment, problem }) ?? headerKey({})
}

function environmentAccount(provider: Provider, { baseURL }: Place, authorize: Credential): Account {
  return {
    name: provider.name,
    provider,
    baseURL,
    dialects: provider.dialects,
    keepsState: false,
    authorize,
    models: provider.models && new Map(provider.models.map((model) => [model, model])),
  }
}

function compileAccount(
  manifest: ProviderAccountManifest,
  located: Located,
  environment: Environment,
  read: (path: string[], value: string) => string,
): Account {
  const name = manifest.type.slice('provider-account/'.length)
  const provider = providers.find((candidate) => candidate.name === name)
  if (!provider || provider.credential.header === 'none') {
    const known = providers.filter(({ credential }) => credential.header !== 'none').map((candidate) => candidate.name)
    throw at(located, ['type'], `There is no provider "${name}". There are ${known.join(', ')}.`)
  }
  const place = placeOfManifest(manifest, provider, located)
  if (manifest.dialect !== undefined && !provider.dialectIsOpen && !provider.dialects.includes(manifest.dialect))
    throw at(located, ['dialect'], `${name} speaks ${provider.dialects.join(' and ')}.`)
  const dialects = manifest.dialect === undefined ? provider.dialects : [manifest.dialect]
  if (manifest.state === 'upstream' && !dialects.includes('responses'))
    throw at(located, ['state'], `upstream is for accounts that speak responses; this one speaks ${dialects.join(' and ')}.`)
  const reader: AuthReader = { environment, read, problem: (path, said) => at(located, path, said) }
  const integrations = manifest.integrations ?? []
  const account: Account = {
    name: manifest.name,
    provider,
    baseURL: place.baseURL,
    dialects,
    keepsState: manifest.state === 'upstream',
    authorize: compileCredential(manifest, provider, place, reader),
    models: integrations.length === 0 ? undefined : new Map(integrations.map((one) => [one.name, upstreamName(one)])),
  }
  const parts = compileParts(manifest, account, { ...reader, located })
  return parts.size === 0 ? account : { ...account, parts }
}
