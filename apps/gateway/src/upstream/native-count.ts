import { attach } from '../attachments/attachments.js'
import type { Candidate, Guarded } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import { translate } from '../translate/translate.js'
import { collect, parsed } from './reply-body.js'

/** What such an endpoint takes; it answers 400 to anything else. */
const fields = ['model', 'input', 'instructions', 'tools', 'tool_choice', 'text', 'reasoning', 'parallel_tool_calls'] as const

const longestReply = 64 * 1024
const patience = 10_000

/** The tokens of a request as its provider counts them; `undefined` where it does not, or fails to. */
export async function nativeCount(
  exchange: Guarded,
  candidate: Candidate,
  ports: Pick<Ports, 'transport' | 'seal' | 'files' | 'blobs' | 'web'>,
): Promise<number | undefined> {
  const { account } = candidate
  const { countPath } = account.provider
  if (countPath === undefined || !account.dialects.includes('responses')) return undefined
  try {
    const attached = await attach(exchange, candidate, ports)
    const { body } = translate(attached.exchange, candidate, ports)
    const reply = await ports.transport.send({
      method: 'POST',
      url: account.baseURL + countPath,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'weir',
        ...account.credentials(),
      },
      body: JSON.stringify(Object.fromEntries(fields.flatMap((field) => (field in body ? [[field, body[field as never]]] : [])))),
      signal: exchange.signal,
      headTimeout: patience,
      idleTimeout: patience,
    })
    const counted = parsed(await collect(reply.body, longestReply))
    if (reply.status !== 200 || !counted || !('input_tokens' in counted)) return undefined
    const tokens = counted.input_tokens
    return typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0 ? tokens : undefined
  } catch {
    // Whoever asks has another way to count.
    return undefined
  }
}
