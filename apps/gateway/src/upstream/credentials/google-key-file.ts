// The key files of Google: of a service account, which signs for itself, and of a user who has logged in once.
import { createPrivateKey, sign, type KeyObject } from 'node:crypto'
import { parsed } from '../reply-body.js'
import { unusable } from './credential-error.js'
import { accessToken, grant } from './oauth-token.js'
import { renewed, type Renewed } from './renewed.js'

const source = "Google's token endpoint"
const tokenEndpoint = 'https://oauth2.googleapis.com/token'
/** The longest that Google takes. Seconds. */
const lifetime = 3600

/** Access tokens by a key file, whose text this is. Throws a `CredentialError` for what is no key file that can be used. */
export function keyFileToken(text: string, scope: string): Renewed<string> {
  const file = parsed(text)
  if (!file) throw unusable('a Google key file is not the JSON that it should be')
  // Somebody else's file, whose fields are checked one by one.
  const fields = file as Readonly<Record<string, unknown>>
  const field = (name: string): string => {
    const value = fields[name]
    if (typeof value !== 'string' || value === '') throw unusable(`a Google key file has no "${name}"`)
    return value
  }
  const url = fields['token_uri'] === undefined ? tokenEndpoint : field('token_uri')
  switch (field('type')) {
    case 'service_account':
      return serviceAccountToken(
        { url, email: field('client_email'), key: keyOf(field('private_key')), id: fields['private_key_id'] },
        scope,
      )
    case 'authorized_user': {
      const user = {
        grant_type: 'refresh_token',
        client_id: field('client_id'),
        client_secret: field('client_secret'),
        refresh_token: field('refresh_token'),
      }
      return renewed((ports) => accessToken(source, grant(url, user), ports))
    }
    default:
      throw unusable(
        `a Google key file is of the type ${JSON.stringify(fields['type'])}; service_account and authorized_user are supported`,
      )
  }
}

interface ServiceAccount {
  readonly url: string
  readonly email: string
  readonly key: KeyObject
  readonly id: unknown
}

/** A JWT that the account signs itself is exchanged for a token (RFC 7523). */
function serviceAccountToken({ url, email, key, id }: ServiceAccount, scope: string): Renewed<string> {
  return renewed((ports) => {
    const now = Math.floor(ports.clock.now() / 1000)
    const head = { alg: 'RS256', typ: 'JWT', ...(typeof id === 'string' && { kid: id }) }
    const claims = { iss: email, scope, aud: url, iat: now, exp: now + lifetime }
    const text = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const assertion = `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`
    return accessToken(source, grant(url, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }), ports)
  })
}

function keyOf(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'rsa') return key
  } catch {
    // What the parser says may quote the key.
  }
  throw unusable('the "private_key" of a Google key file is no RSA key')
}
