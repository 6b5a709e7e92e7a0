import { createHmac, hash } from 'node:crypto'
import type { UpstreamRequest } from '../../ports/transport.js'
import type { CredentialPorts, Credential } from './credential.js'
import type { Renewed } from './renewed.js'

/** What AWS knows somebody by. */
export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of keys that are good for a while. */
  readonly sessionToken?: string
}

/** For which service of which region a signature is good. */
export interface AwsScope {
  readonly service: string
  readonly region: string
}

/** AWS's Signature Version 4 on every request, by whatever keys there are then. */
export const awsSigned =
  (keys: Renewed<AwsKeys>, scope: AwsScope): Credential =>
  async (request, ports) =>
    signedByAws(request, await keys(ports, request.signal), { ...scope, at: ports.clock.now() })

/** Keys that are there from the start. */
export const fixedKeys =
  (keys: AwsKeys): ((ports: CredentialPorts) => Promise<AwsKeys>) =>
  () =>
    Promise.resolve(keys)

/** What proxies on the way may change or add. */
const unsigned = new Set(['authorization', 'connection', 'expect', 'transfer-encoding', 'user-agent', 'traceparent'])

/**
 * The request with its signature, as it is specified for all services but S3: the path is escaped once more, since it is in its
 * escaped form already. `at`: milliseconds since 1970; a signature is good for five minutes around it.
 */
export function signedByAws<Request extends Pick<UpstreamRequest, 'method' | 'url' | 'headers' | 'body'>>(
  request: Request,
  { accessKeyId, secretAccessKey, sessionToken }: AwsKeys,
  { service, region, at }: AwsScope & { readonly at: number },
): Request {
  const url = new URL(request.url)
  const time = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  }
  const signed = Object.entries({ ...headers, host: url.host })
    .filter(([name]) => !unsigned.has(name))
    .map(([name, value]): [string, string] => [name, value.trim().replaceAll(/ +/g, ' ')])
    .toSorted(byName)
  const names = signed.map(([name]) => name).join(';')
  const canonical = [
    request.method,
    pathOf(url),
    queryOf(url),
    ...signed.map((pair) => pair.join(':')),
    '',
    names,
    hash('sha256', request.body ?? '', 'hex'),
  ].join('\n')

  const scope = [time.slice(0, 8), region, service, 'aws4_request']
  const key = scope.reduce<string | Buffer>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    `AWS4${secretAccessKey}`,
  )
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), hash('sha256', canonical, 'hex')].join('\n')
  const signature = createHmac('sha256', key).update(text).digest('hex')
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}`
  return { ...request, headers }
}

const byName = ([one]: [string, string], [other]: [string, string]): number => (one < other ? -1 : one > other ? 1 : 0)

/** RFC 3986: everything but the unreserved characters. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

/** Dots in a path are gone from a URL already; empty segments are not. */
function pathOf({ pathname }: URL): string {
  const path = pathname.replaceAll(/\/{2,}/g, '/')
  return path.split('/').map(escaped).join('/')
}

const queryOf = ({ searchParams }: URL): string =>
  [...searchParams]
    .map(([name, value]): [string, string] => [escaped(name), escaped(value)])
    .toSorted((one, other) => byName(one, other) || byName([one[1], ''], [other[1], '']))
    .map((pair) => pair.join('='))
    .join('&')
