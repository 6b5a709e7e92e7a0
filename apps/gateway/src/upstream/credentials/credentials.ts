// From what a manifest says in `auth_data` to the credential that goes on requests.
import type { AuthData } from '@weir/contracts'
import type { Environment } from '../../config.js'
import { isHeader } from '../../configuration/headers.js'
import { isReference } from '../../configuration/secrets.js'
import type { Provider } from '../provider.js'
import { ambientKeys } from './aws-ambient.js'
import { profileKeys } from './aws-profile.js'
import { awsSigned, fixedKeys, type AwsKeys } from './aws-sigv4.js'
import { assumedRole, webIdentity } from './aws-sts.js'
import { basic } from './basic.js'
import { clientToken } from './azure-ad.js'
import { ambientAzureToken } from './azure-ambient.js'
import { managedIdentityToken } from './azure-managed-identity.js'
import { bearer, bearerFrom } from './bearer.js'
import { ambientToken } from './google-ambient.js'
import { keyFileToken } from './google-key-file.js'
import { metadataToken } from './google-metadata.js'
import { CredentialError } from './credential-error.js'
import type { Credential } from './credential.js'
import { headerKey } from './header-key.js'
import { queryKey } from './query-key.js'
import type { Renewed } from './renewed.js'

/** How an `auth_data` is read: paths are those of its document. */
export interface AuthReader {
  readonly environment: Environment
  /** The secret behind a value, be it a reference or the secret itself. */
  readonly read: (path: string[], value: string) => string
  /** An error at a field, to be thrown. */
  readonly problem: (path: string[], sentence: string) => Error
}

/** Where the account of a credential is. */
interface Place {
  readonly baseURL: string
  readonly region?: string
}

/** The credential that an `auth_data` means. Throws an error at the field that cannot be used. */
export function credentialOf(auth: AuthData, provider: Provider, place: Place, reader: AuthReader): Credential {
  const { read, problem, environment } = reader
  const secret = (field: string, value: string): string => read(['auth_data', field], value)
  switch (auth.type) {
    case 'bearer-auth':
      return bearer(secret('bearer_token', auth.bearer_token))
    case 'api-key':
      return apiKey(provider, secret('api_key', auth.api_key))
    case 'basic-auth':
      return basic(auth.username, secret('password', auth.password))
    case 'header':
      return headerKey(
        each(auth.headers, (name, value) => {
          const path = ['auth_data', 'headers', name]
          const text = read(path, value)
          if (!isHeader(name, text)) throw problem(path, 'This is no HTTP header.')
          return [name.toLowerCase(), text]
        }),
      )
    case 'access-key-based': {
      const { access_key_id: id, session_token: token } = auth
      const keys = {
        accessKeyId: isReference(id) ? secret('access_key_id', id) : id,
        secretAccessKey: secret('secret_access_key', auth.secret_access_key),
        ...(token !== undefined && { sessionToken: secret('session_token', token) }),
      }
      return signedBy(provider, place, reader, [], () => fixedKeys(keys))
    }
    case 'assumed-role-based': {
      const { assumed_role_arn: arn, external_id: externalId, role_session_name: session } = auth
      return signedBy(provider, place, reader, [], (region) =>
        assumedRole(ambientKeys(region, environment), { arn, session, externalId, region }, environment),
      )
    }
    case 'web-identity-based': {
      const { assumed_role_arn: arn, web_identity_token_file: tokenFile, role_session_name: session } = auth
      return signedBy(provider, place, reader, [], (region) => webIdentity({ arn, session, tokenFile, region }, environment))
    }
    case 'profile-based':
      return signedBy(provider, place, reader, ['profile'], (region) => profileKeys(auth.profile, region, environment))
    case 'key-file': {
      const { key_file_content: content } = auth
      const text = secret('key_file_content', typeof content === 'string' ? content : JSON.stringify(content))
      return tokenFor(provider, reader, ['key_file_content'], (scope) => keyFileToken(text, scope))
    }
    case 'metadata-server':
      return tokenFor(provider, reader, [], (scope) => metadataToken(auth.service_account ?? 'default', scope, environment))
    case 'client-credentials': {
      const application = {
        tenant: auth.tenant_id,
        client: auth.client_id,
        proof: { secret: secret('client_secret', auth.client_secret) },
      }
      return tokenFor(provider, reader, [], (scope) => clientToken(application, scope, environment))
    }
    case 'workload-identity': {
      const application = { tenant: auth.tenant_id, client: auth.client_id, proof: { tokenFile: auth.federated_token_file } }
      return tokenFor(provider, reader, [], (scope) => clientToken(application, scope, environment))
    }
    case 'managed-identity':
      return tokenFor(provider, reader, [], (scope) => managedIdentityToken(auth.client_id, scope, environment))
    case 'query':
      return queryKey(each(auth.parameters, (name, value) => [name, read(['auth_data', 'parameters', name], value)]))
  }
}

/** The credential of an account that says none: the gateway's own identity on the provider's cloud, where it has one. */
export function ambientCredential(provider: Provider, place: Place, reader: Omit<AuthReader, 'read'>): Credential | undefined {
  const { environment } = reader
  switch (provider.credential.cloud?.name) {
    case 'aws':
      return signedBy(provider, place, reader, [], (region) => ambientKeys(region, environment))
    case 'google':
      return tokenFor(provider, reader, [], (scope) => ambientToken(scope, environment))
    case 'azure':
      return tokenFor(provider, reader, [], (scope) => ambientAzureToken(scope, environment))
    default:
      return undefined
  }
}

/** By tokens for the scope of the provider. */
function tokenFor(
  { credential: { cloud } }: Provider,
  { problem }: Omit<AuthReader, 'read'>,
  field: string[],
  token: (scope: string) => Renewed<string>,
): Credential {
  const scope = cloud && 'scope' in cloud ? cloud.scope : ''
  return bearerFrom(usable(() => token(scope), ['auth_data', ...field], problem))
}

/** By keys of AWS, which are good for a region alone. */
function signedBy(
  { name, credential: { cloud } }: Provider,
  { baseURL, region: said }: Place,
  { problem }: Omit<AuthReader, 'read'>,
  field: string[],
  keys: (region: string) => Renewed<AwsKeys>,
): Credential {
  const region = said ?? /\.([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(new URL(baseURL).hostname)?.[1]
  if (region === undefined) throw problem(['region'], `An account of ${name} has to say the region of its base_url.`)
  const service = cloud?.name === 'aws' ? cloud.service : ''
  return awsSigned(
    usable(() => keys(region), ['auth_data', ...field], problem),
    { service, region },
  )
}

/** What can be known at the start to be of no use stops it. */
function usable<T>(make: () => T, path: string[], problem: AuthReader['problem']): T {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error
    throw problem(path, `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`)
  }
}

/** A key where this provider has it: in a header of its own, or as a bearer token. */
export function apiKey({ credential: { header } }: Provider, key: string): Credential {
  return header === 'authorization' || header === 'none' ? bearer(key) : headerKey({ [header]: key })
}

const each = (
  values: Readonly<Record<string, string>>,
  to: (name: string, value: string) => [string, string],
): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(values).map(([name, value]) => to(name, value)))
