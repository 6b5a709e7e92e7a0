import { TransportError } from '../ports/transport.js'
import type { SimulatedRequest } from './byte-stream.js'

const longestTimer = 2 ** 31 - 1

/**
 * Does what comes before a reply's head, for as long as the request allows. The signal that the work gets is aborted with a
 * `TransportError`, and with that the whole rejects, when the request is aborted, its head takes too long or the simulator is closed.
 */
export async function withinHead<T>(request: SimulatedRequest, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, headTimeout, closing } = request
  const working = new AbortController()
  const abort = (): void => working.abort(new TransportError('aborted', 'The request was aborted.', { cause: signal.reason }))
  const expire = (): void => working.abort(new TransportError('timeout', `No answer came for ${headTimeout} ms.`))
  const shut = (): void => working.abort(new TransportError('closed', 'The simulator was closed.'))
  const timer = headTimeout > 0 && headTimeout <= longestTimer ? setTimeout(expire, headTimeout) : undefined
  signal.addEventListener('abort', abort)
  closing?.addEventListener('abort', shut)
  if (signal.aborted) abort()
  else if (closing?.aborted) shut()
  try {
    const result = await work(working.signal)
    working.signal.throwIfAborted()
    return result
  } catch (error) {
    throw working.signal.aborted ? working.signal.reason : error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    closing?.removeEventListener('abort', shut)
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
