import type { ProviderAccountManifest } from '@weir/contracts'
import { withHeaders, type Credential } from '../upstream/credentials/credential.js'
import { ambientCredential, credentialOf, type AuthReader } from '../upstream/credentials/credentials.js'
import { headerKey } from '../upstream/credentials/header-key.js'
import type { Provider } from '../upstream/provider.js'
import { isHeader } from './headers.js'
import type { Place } from './place.js'
import { isReference } from './secrets.js'

type Said = Pick<ProviderAccountManifest, 'auth_data' | 'headers'>

/** The headers of an account and its credential, which wins where both have the same one. Throws an error at the field at fault. */
export function compileCredential(said: Said, provider: Provider, place: Place, reader: AuthReader): Credential {
  const headers = Object.fromEntries(
    Object.entries(said.headers ?? {}).map(([header, value]) => {
      const text = isReference(value) ? reader.read(['headers', header], value) : value
      if (!isHeader(header, text)) throw reader.problem(['headers', header], 'This is no HTTP header.')
      return [header.toLowerCase(), text]
    }),
  )
  const credential = accepted(said, provider, place, reader)
  return credential ? (request, ports) => credential(withHeaders(request, headers), ports) : headerKey(headers)
}

function accepted({ auth_data: auth }: Said, provider: Provider, place: Place, reader: AuthReader): Credential | undefined {
  const { accepts, required } = provider.credential
  if (auth === undefined) {
    if (required) throw reader.problem(['auth_data'], `An account of ${provider.name} needs auth_data (${accepts.join(' or ')}).`)
    return ambientCredential(provider, place, reader)
  }
  if (!accepts.includes(auth.type)) throw reader.problem(['auth_data', 'type'], `${provider.name} takes ${accepts.join(' or ')}.`)
  return credentialOf(auth, provider, place, reader)
}
