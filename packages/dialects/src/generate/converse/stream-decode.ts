import type { SseFrame } from '../../dialect.js'
import { isExceptionEvent } from '../../framing/aws-event-stream.js'
import type { Reader } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import type { UpstreamFailure } from '../canonical/response.js'
import { isRecord, type Loose } from '../narrow.js'
import { parsed } from '../parsed.js'
import { readBlocks } from './blocks-read.js'
import { decodeException } from './error.js'
import { decodeStopReason } from './map-stop-reason.js'
import { decodeTail } from './response.js'

type Emit = (event: Event) => void

const cut: UpstreamFailure = { kind: 'cut', message: 'The stream of the provider ended before its answer did.' }
const malformed: UpstreamFailure = { kind: 'malformed', message: 'The provider sent an event that is not a JSON object.' }

/**
 * Frames to events. `messageStop` says how the answer ended and `metadata`, which follows it, what it has cost: the end is told with
 * that, or where the stream ends without it. Anything after the end or an exception is ignored.
 */
export function decodeStream(): Reader<SseFrame, Event> {
  const blocks = readBlocks()
  let started = false
  let over = false
  let stopped: Loose | undefined
  let tail: Loose = {}

  function start(emit: Emit): void {
    if (!started) emit({ type: 'turn-start' })
    started = true
  }

  function fail(failure: UpstreamFailure, emit: Emit): void {
    over = true
    blocks.settle(emit)
    emit({ type: 'error', failure })
  }

  function finish(wire: Loose, emit: Emit): void {
    over = true
    const { stopReason, p: _, ...rest } = wire
    const outcome = decodeStopReason(stopReason)
    blocks.end(outcome.status === 'completed' ? 'completed' : 'incomplete', emit)
    const { usage, ...ending } = decodeTail({ ...tail, ...rest })
    if (usage) emit({ type: 'usage', usage })
    if (outcome.status === 'failed') emit({ type: 'error', failure: outcome.failure })
    else emit({ type: 'turn-end', outcome, ...ending })
  }

  function read(event: string | undefined, wire: Loose, emit: Emit): void {
    start(emit)
    const index = wire.contentBlockIndex
    switch (event) {
      case 'messageStart':
        break
      case 'contentBlockStart':
        return blocks.start(index, wire.start, emit)
      case 'contentBlockDelta':
        return blocks.delta(index, wire.delta, emit)
      case 'contentBlockStop':
        return blocks.stop(index, emit)
      case 'messageStop':
        stopped = wire
        break
      case 'metadata':
        tail = wire
        if (stopped) finish(stopped, emit)
        break
      default:
        emit({ type: 'foreign', dialect: 'converse', wire: { [event ?? 'unknown']: wire } })
    }
  }

  return {
    push({ event, data }, emit) {
      if (over) return
      const wire = parsed(data)
      if (isExceptionEvent(event)) fail(decodeException(event, wire), emit)
      else if (isRecord(wire)) read(event, wire, emit)
      else fail(malformed, emit)
    },
    end(emit) {
      if (over) return
      if (stopped) finish(stopped, emit)
      else fail(cut, emit)
    },
  }
}
