import { TransportError, type UpstreamRequest } from '../ports/transport.js'

const longestTimer = 2 ** 31 - 1

/**
 * Does what comes before a reply's head, for as long as the request allows. The signal that the work gets is aborted with a
 * `TransportError`, and with that the whole rejects, when the request is aborted or its head takes too long.
 */
export async function withinHead<T>(request: UpstreamRequest, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, headTimeout } = request
  const working = new AbortController()
  const abort = (): void => working.abort(new TransportError('aborted', 'The request was aborted.', { cause: signal.reason }))
  const expire = (): void => working.abort(new TransportError('timeout', `No answer came for ${headTimeout} ms.`))
  const timer = headTimeout > 0 && headTimeout <= longestTimer ? setTimeout(expire, headTimeout) : undefined
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  try {
    const result = await work(working.signal)
    working.signal.throwIfAborted()
    return result
  } catch (error) {
    throw working.signal.aborted ? working.signal.reason : error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** Never comes; rejects when the signal is aborted. */
export function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}
