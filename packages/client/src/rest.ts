// One endpoint as an HTTP request.
import { controlPrefix, type Endpoint } from '@weir/contracts'
import { WeirError, errorOf } from './errors.js'

export interface Connection {
  /** Where the gateway answers, without a path. */
  readonly origin: string
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: typeof fetch
}

export interface CallOptions {
  /** Ends the request, or the stream, and rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

const mounts: Record<Endpoint['mount'], string> = { inference: '/v1', control: controlPrefix, root: '' }

/** One segment. A URL drops dots and joins on nothing, so these would name another path. */
function encodeSegment(name: string, segment: string): string {
  if (segment === '' || segment === '.' || segment === '..') {
    throw new WeirError(`"${segment}" cannot stand in a path.`, {
      code: 'invalid_value',
      param: name,
      type: 'invalid_request_error',
    })
  }
  return encodeURIComponent(segment)
}

function pathOf(path: string, input: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/\{(\w+)(\+?)\}/g, (_, name: string, rest: string) => {
    const value = String(input[name] ?? '')
    const segments = rest === '' ? [value] : value.split('/')
    return segments.map((segment) => encodeSegment(name, segment)).join('/')
  })
}

function queryOf(names: readonly string[], input: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams()
  for (const name of names) {
    const value = input[name]
    if (Array.isArray(value)) for (const each of value) query.append(name, String(each))
    else if (value !== undefined) query.set(name, String(value))
  }
  const rendered = query.toString()
  return rendered === '' ? '' : `?${rendered}`
}

/** A form with the file as a part and a field within a field as `field[inner]`. */
function formOf(fields: Readonly<Record<string, unknown>>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Blob) form.set(name, value)
    else if (typeof value === 'object' && value !== null)
      for (const [inner, one] of Object.entries(value)) form.set(`${name}[${inner}]`, String(one))
    else if (value !== undefined) form.set(name, String(value))
  }
  return form
}

/** Sends it, and gives an answer of the 200s; any other is thrown as a `WeirError`. */
export async function send(
  { origin, headers, fetch }: Connection,
  endpoint: Endpoint,
  input: Readonly<Record<string, unknown>>,
  { signal }: CallOptions,
): Promise<Response> {
  const query = Object.keys(endpoint.query?.shape ?? {})
  const elsewhere = new Set([...Object.keys(endpoint.params?.shape ?? {}), ...query])
  const fields = Object.fromEntries(Object.entries(input).filter(([name]) => !elsewhere.has(name)))
  const body = endpoint.form ? formOf(fields) : endpoint.body ? JSON.stringify(fields) : undefined
  const url = origin + mounts[endpoint.mount] + pathOf(endpoint.path, input) + queryOf(query, input)
  const response = await fetch(url, {
    method: endpoint.method,
    headers: endpoint.body ? { ...headers, 'content-type': 'application/json' } : headers,
    ...(body !== undefined && { body }),
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    signal?.throwIfAborted()
    throw new WeirError('The gateway could not be reached.', {}, { cause })
  })
  if (!response.ok) throw await errorOf(response)
  return response
}

/** The answer as JSON, which is trusted to be what the contract says; that of a file as it comes. */
export async function call(
  connection: Connection,
  endpoint: Endpoint,
  input: Readonly<Record<string, unknown>>,
  options: CallOptions,
): Promise<unknown> {
  const response = await send(connection, endpoint, input, options)
  if (endpoint.bytes) return response
  return response.json().catch((cause: unknown) => {
    options.signal?.throwIfAborted()
    const requestId = response.headers.get('x-request-id')
    throw new WeirError('The answer ended early or is not JSON.', { status: response.status, requestId }, { cause })
  })
}
