import { TransportError, type UpstreamRequest } from '../../ports/transport.js'
import { collect, parsed } from '../reply-body.js'
import { failed, refused, unreachable } from './credential-error.js'
import type { CredentialPorts } from './credential.js'

/** How long whoever gives credentials may take. Milliseconds. */
const patience = 10_000
const longestAnswer = 256 * 1024

export type Question = Pick<UpstreamRequest, 'method' | 'url' | 'headers' | 'body'>

/**
 * The text that `source` (AWS STS, say) answers to a question for a credential. Throws a `CredentialError` that says what it said
 * by status and code alone: its words may quote a secret.
 */
export async function ask(source: string, question: Question, { transport }: CredentialPorts): Promise<string> {
  const impatient = new AbortController()
  const timer = setTimeout(() => impatient.abort(), patience)
  try {
    const { status, body } = await transport.send({
      ...question,
      headers: { 'user-agent': 'weir', ...question.headers },
      signal: impatient.signal,
      headTimeout: patience,
      idleTimeout: patience,
    })
    const text = await collect(body, longestAnswer)
    if (status >= 200 && status < 300) return text
    const said = `${status} ${codeIn(text) ?? ''}`.trimEnd()
    throw status >= 500 || status === 429 ? failed(source, said) : refused(source, said)
  } catch (error) {
    // The gateway stops, which is nobody's fault there.
    if (!(error instanceof TransportError) || error.fault === 'closed') throw error
    throw unreachable(source, error)
  } finally {
    clearTimeout(timer)
  }
}

/** Its answer as the object that it is. */
export async function askForObject(source: string, question: Question, ports: CredentialPorts): Promise<object> {
  const answer = parsed(await ask(source, question, ports))
  if (!answer) throw unreadable(source)
  return answer
}

export const unreadable = (source: string): Error => failed(source, 'its answer cannot be read')

/** A field of an answer that has to be a text. */
export function textIn(answer: object, field: string, source: string): string {
  // An object of somebody else's, whose fields are checked one by one.
  const value = (answer as Readonly<Record<string, unknown>>)[field]
  if (typeof value !== 'string' || value === '') throw unreadable(source)
  return value
}

/** The code of an error: OAuth's `error`, a `code` in JSON or a `<Code>` in XML. */
function codeIn(text: string): string | undefined {
  const answer: { readonly error?: unknown; readonly code?: unknown } = parsed(text) ?? {}
  const { error } = answer
  const inner = error !== null && typeof error === 'object' && 'code' in error ? error.code : undefined
  const code = [error, inner, answer.code, /<Code>([^<]*)<\/Code>/.exec(text)?.[1]].find(
    (each) => typeof each === 'string' || typeof each === 'number',
  )
  return code !== undefined && /^[\w.-]{1,64}$/.test(String(code)) ? String(code) : undefined
}
