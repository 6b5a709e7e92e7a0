// From what a manifest says in `auth_data` to the credential that goes on requests.
import type { AuthData } from '@weir/contracts'
import { isHeader } from '../../configuration/headers.js'
import type { Provider } from '../provider.js'
import { basic } from './basic.js'
import { bearer } from './bearer.js'
import type { Credential } from './credential.js'
import { headerKey } from './header-key.js'
import { queryKey } from './query-key.js'

/** How an `auth_data` is read: paths are those of its document. */
export interface AuthReader {
  /** The secret behind a value, be it a reference or the secret itself. */
  readonly read: (path: string[], value: string) => string
  /** An error at a field, to be thrown. */
  readonly problem: (path: string[], sentence: string) => Error
}

/** The credential that an `auth_data` means. Throws an error at the field that cannot be used. */
export function credentialOf(auth: AuthData, provider: Provider, { read, problem }: AuthReader): Credential {
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
    case 'query':
      return queryKey(each(auth.parameters, (name, value) => [name, read(['auth_data', 'parameters', name], value)]))
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
