import { withHeaders, type Credential } from './credential.js'

/** A user name and a password (RFC 7617). A name with a colon cannot be said. */
export function basic(username: string, password: string): Credential {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  return (request) => withHeaders(request, { authorization })
}
