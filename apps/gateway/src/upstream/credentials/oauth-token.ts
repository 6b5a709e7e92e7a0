import { askForObject, textIn, unreadable, type Question } from './ask.js'
import type { CredentialPorts } from './credential.js'
import type { Lease } from './renewed.js'

/** The access token that an OAuth endpoint, or a metadata server that answers like one, gives. */
export async function accessToken(source: string, question: Question, ports: CredentialPorts): Promise<Lease<string>> {
  const answer: { readonly expires_in?: unknown; readonly expires_on?: unknown } = await askForObject(source, question, ports)
  // Seconds: from now, or since 1970. Some write their numbers as text.
  const [rest, end] = [Number(answer.expires_in ?? NaN), Number(answer.expires_on ?? NaN)]
  const expiresAt = Number.isFinite(rest) ? ports.clock.now() + rest * 1000 : end * 1000
  if (!Number.isFinite(expiresAt)) throw unreadable(source)
  return { value: textIn(answer, 'access_token', source), expiresAt }
}

/** A grant as the form that it is sent as. */
export const grant = (url: string, fields: Readonly<Record<string, string>>): Question => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
  body: new URLSearchParams(fields).toString(),
})
