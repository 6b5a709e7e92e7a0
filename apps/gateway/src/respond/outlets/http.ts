import { encodeSse } from '@weir/dialects'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { lingering } from '../../ingress/linger.js'
import { eachSecond } from './each-second.js'
import type { Outlet } from './outlet.js'

/** Milliseconds after which a silent stream gets its head, and from then on a comment now and again. */
const headAfter = 5_000
// Looked at once a second, so that a comment comes within 15 s of silence.
const commentEvery = 14_000

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}

/**
 * An HTTP response as an outlet. While a stream is silent, comments keep it open: the head goes after 5 s even where no target
 * is settled. `early` are the headers that are known from the beginning. A reader that takes nothing for `stallTimeout`
 * milliseconds is cut off: while it stalls its upstream is paused, and would wait for ever.
 */
export function httpOutlet(
  request: IncomingMessage,
  response: ServerResponse,
  early: Readonly<Record<string, string>>,
  streams: () => boolean,
  stallTimeout: number,
): Outlet {
  let begun = false
  let wrote = false
  let lastWrite = Date.now()
  let untaken = 0
  let takenAt = lastWrite
  let gathered = ''
  let full = false
  let caughtUp = (): void => {}
  const forget = eachSecond((now) => {
    if (response.destroyed) return
    if (response.writableLength !== untaken || untaken === 0) {
      untaken = response.writableLength
      takenAt = now
    } else if (now - takenAt >= stallTimeout) response.destroy()
    if (untaken === 0 && !response.writableEnded && now - lastWrite >= (begun ? commentEvery : headAfter)) beat(now)
  })
  response.once('close', forget)

  function beat(now: number): void {
    if (!streams()) return
    if (!begun) begin({})
    response.write(': keep-alive\n\n')
    lastWrite = now
  }

  function begin(headers: Readonly<Record<string, string>>): void {
    if (begun) return
    begun = true
    response.writeHead(200, { ...streamHeaders, ...early, ...headers })
    response.socket?.setNoDelay(true)
  }

  function flush(): void {
    if (gathered === '' || response.destroyed) return
    const frames = gathered
    gathered = ''
    lastWrite = Date.now()
    // A write that is taken at once gives no `drain`, for which a writer that was told to wait is waiting.
    if (response.write(frames) && full) caughtUp()
    full = false
  }

  return {
    get begun() {
      return begun
    },
    get wrote() {
      return wrote
    },
    begin,
    write(frame) {
      if (response.destroyed) return true
      wrote = true
      // What one chunk of the upstream brought leaves as one write: the socket costs more than the frames.
      if (gathered === '') process.nextTick(flush)
      gathered += encodeSse(frame)
      full = response.writableNeedDrain || gathered.length >= response.writableHighWaterMark
      return !full
    },
    drained(listener) {
      caughtUp = listener
      response.on('drain', listener)
    },
    end() {
      flush()
      response.end()
    },
    reply(status, headers, body) {
      if (response.destroyed) return
      lingering(request, status)
      const text = JSON.stringify(body)
      response.writeHead(status, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(text),
        ...early,
        ...headers,
      })
      response.end(text)
    },
    carry(headers, content) {
      begun = true
      wrote = true
      response.writeHead(200, { 'cache-control': 'no-transform', 'x-accel-buffering': 'no', ...early, ...headers })
      response.on('drain', () => content.resume())
      return new Promise((resolve, reject) => {
        content.start({
          data(bytes) {
            // They are valid during the call only.
            if (!response.destroyed && !response.write(bytes.slice())) content.pause()
          },
          end() {
            response.end()
            resolve()
          },
          // A caller who leaves aborts the request upstream, which is told here.
          fail: reject,
        })
      })
    },
    abort() {
      response.destroy()
    },
  }
}
