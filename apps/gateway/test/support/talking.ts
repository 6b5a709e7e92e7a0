import { type Face, speech } from './faces.js'
import type { Moment } from './moment.js'
import { startUpstream, type Upstream } from './upstream.js'

/** What is said again and again. */
export const piece = 'x'.repeat(16 * 1024)
/** What the sockets between an upstream and a reader that has stopped may hold, and what is on its way between them. */
export const bound = 24 * 1024 * 1024

export interface Speaker {
  /** Bytes so far. */
  written: number
  /** It has waited for the reader for a while. */
  readonly stuck: Moment
  /** It has gone on after that, for a megabyte. */
  readonly again: Moment
}

/** An upstream that talks as long as anybody reads. */
export function startTalking(face: Face, speaker: Speaker): Promise<Upstream> {
  return startUpstream(async (_, response) => {
    const { opening, deltas } = speech(face, [piece])
    const delta = deltas.join('')
    let resumed: number | undefined
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening)
    while (!response.destroyed) {
      speaker.written += delta.length
      // Nobody holds it back.
      if (speaker.written > 4 * bound) return speaker.stuck.now()
      if (resumed !== undefined && speaker.written > resumed + 1024 * 1024) speaker.again.now()
      if (response.write(delta)) continue
      const waiting = setTimeout(() => {
        resumed = speaker.written
        speaker.stuck.now()
      }, 500)
      await new Promise<void>((resolve) => response.once('drain', resolve))
      clearTimeout(waiting)
    }
  })
}
