import { attach } from '../attachments/attachments.js'
import type { Candidate, Guarded } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import type { UpstreamRequest } from '../ports/transport.js'
import { chooseLane } from '../translate/lane.js'
import { translate } from '../translate/translate.js'
import { authorized } from './authorized.js'
import { collect, parsed } from './reply-body.js'

const longestReply = 64 * 1024
const patience = 10_000

/** The tokens of a request as its provider counts them; `undefined` where it does not, or fails to. */
export async function nativeCount(
  exchange: Guarded,
  candidate: Candidate,
  ports: Pick<Ports, 'transport' | 'clock' | 'seal' | 'files' | 'blobs' | 'web'>,
): Promise<number | undefined> {
  const { account } = candidate
  const { count } = exchange.operation.upstream[chooseLane(exchange, candidate).dialect] ?? {}
  if (!account.provider.counts || !count) return undefined
  try {
    const attached = await attach(exchange, candidate, ports)
    const asked = translate(attached.exchange, candidate, ports)
    const { path, body } = count.address(asked.body)
    const request: UpstreamRequest = {
      method: 'POST',
      url: account.baseURL + path,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'weir',
        ...account.provider.headers,
      },
      body: JSON.stringify(body),
      signal: exchange.signal,
      headTimeout: patience,
      idleTimeout: patience,
    }
    const reply = await ports.transport.send(await authorized(account, request, ports))
    const counted = parsed(await collect(reply.body, longestReply))
    if (reply.status !== 200 || !counted) return undefined
    const tokens = count.read(counted)
    return typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0 ? tokens : undefined
  } catch {
    // Whoever asks has another way to count.
    return undefined
  }
}
