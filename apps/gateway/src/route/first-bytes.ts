import { GatewayError } from '@weir/contracts'
import { toGatewayError } from '../errors.js'
import type { ByteSink, ByteStream } from '../ports/transport.js'

/**
 * Reads bytes up to the first of them, and gives a stream that begins with these. Rejects with what broke one that brought none, be it
 * its end: nothing has reached the caller yet.
 */
export function firstBytes(body: ByteStream): Promise<ByteStream> {
  return new Promise((resolve, reject) => {
    const held: Uint8Array[] = []
    let sink: ByteSink | undefined
    /** How it ended while nobody was listening. */
    let ending: ((to: ByteSink) => void) | undefined

    const begun: ByteStream = {
      start(to) {
        for (const bytes of held) to.data(bytes)
        held.length = 0
        sink = to
        if (ending) ending(to)
        else body.resume()
      },
      pause: () => body.pause(),
      resume: () => body.resume(),
      destroy: () => body.destroy(),
    }

    function end(how: (to: ByteSink) => void, failure: () => Error): void {
      if (sink) return how(sink)
      ending = how
      if (held.length === 0) reject(failure())
    }

    body.start({
      data(bytes) {
        if (sink) return sink.data(bytes)
        // They are valid during the call only.
        held.push(bytes.slice())
        body.pause()
        resolve(begun)
      },
      end: () =>
        end(
          (to) => to.end(),
          () => new GatewayError('upstream_malformed', { message: 'The provider answered with nothing.' }),
        ),
      fail: (error) =>
        end(
          (to) => to.fail(error),
          () => toGatewayError(error),
        ),
    })
  })
}
