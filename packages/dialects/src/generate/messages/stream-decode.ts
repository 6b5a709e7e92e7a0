import type { SseFrame } from '../../dialect.js'
import type { Reader } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import type { UpstreamFailure } from '../canonical/response.js'
import { isRecord, isString, type Loose } from '../narrow.js'
import { failureOf } from '../openai-error.js'
import { decodeHead, endingExtras, tierOf } from './response-decode.js'
import { decodeStopReason } from './stop-reason.js'
import { streamBlocks } from './stream-blocks.js'
import { decodeUsage } from './usage.js'

type Emit = (event: Event) => void

/**
 * Events of a Messages stream to canonical ones. Usage is told at the beginning and again at the end, where it counts all that came
 * before. A stream that has said why it stops is whole, though some servers leave `message_stop` out. Anything after the end or an
 * error is ignored.
 */
export function decodeStream(): Reader<SseFrame, Event> {
  const blocks = streamBlocks()
  let started = false
  let over = false
  let broken = false
  let stopped = false
  let usage: Loose | undefined
  let ending: Loose = {}

  function start(message: Loose, emit: Emit): void {
    if (started) return
    started = true
    spend(message.usage)
    const { id: _, type: __, role: ___, model: ____, content: _____, usage: ______, ...rest } = message
    ending = rest
    emit({ type: 'turn-start', ...decodeHead(message) })
  }

  function spend(told: unknown): void {
    if (!isRecord(told)) return
    const given = Object.entries(told).filter(([, value]) => value !== null)
    usage = { ...usage, ...Object.fromEntries(given) }
  }

  function tellUsage(emit: Emit): void {
    const spent = decodeUsage(usage)
    if (spent) emit({ type: 'usage', usage: spent })
  }

  function fail(failure: UpstreamFailure, emit: Emit): void {
    over = true
    tellUsage(emit)
    emit({ type: 'error', failure })
  }

  function finish(emit: Emit): void {
    over = true
    const outcome = decodeStopReason(ending.stop_reason)
    blocks.endAll(outcome.status === 'incomplete', emit)
    tellUsage(emit)
    const serviceTier = tierOf(usage)
    emit({
      type: 'turn-end',
      outcome,
      ...(serviceTier !== undefined && { serviceTier }),
      ...endingExtras(ending, usage, outcome, { calls: blocks.calls(), refusal: false }),
    })
  }

  function read(type: string, wire: Loose, emit: Emit): void {
    switch (type) {
      case 'ping':
        return
      case 'message_start':
        return start(isRecord(wire.message) ? wire.message : {}, emit)
      case 'content_block_start':
        start({}, emit)
        return blocks.start(wire.index, isRecord(wire.content_block) ? wire.content_block : {}, emit)
      case 'content_block_delta':
        start({}, emit)
        if (!isRecord(wire.delta) || blocks.delta(wire.index, wire.delta, emit)) return
        return emit({ type: 'foreign', dialect: 'messages', wire: { ...wire, type } })
      case 'content_block_stop':
        return blocks.end(wire.index, emit)
      case 'message_delta': {
        start({}, emit)
        const { type: _, delta, usage: told, ...rest } = wire
        spend(told)
        ending = { ...ending, ...rest, ...(isRecord(delta) && delta) }
        if (isRecord(delta) && isString(delta.stop_reason)) stopped = true
        return
      }
      case 'message_stop':
        if (!started) return fail(empty, emit)
        return finish(emit)
      default:
        start({}, emit)
        emit({ type: 'foreign', dialect: 'messages', wire: { ...wire, type } })
    }
  }

  return {
    push(frame, emit) {
      if (over || frame.data.trim() === '' || frame.data === '[DONE]') return
      let wire: unknown
      try {
        wire = JSON.parse(frame.data)
      } catch {
        // Half an object may be what a broken connection left of the last frame: it is judged by what follows.
        if (!broken && frame.data.startsWith('{') && !frame.data.endsWith('}')) broken = true
        else fail(malformed, emit)
        return
      }
      if (broken || !isRecord(wire)) return fail(malformed, emit)
      const type = isString(wire.type) ? wire.type : frame.event
      if (type === 'error' || (type === undefined && isRecord(wire.error)))
        return fail(failureOf(isRecord(wire.error) ? wire.error : wire), emit)
      if (type === undefined) return fail(malformed, emit)
      read(type, wire, emit)
    },
    end(emit) {
      if (over) return
      if (stopped && !broken) finish(emit)
      else fail(cut, emit)
    },
  }
}

const cut: UpstreamFailure = { kind: 'cut', message: 'The stream of the provider ended before its answer did.' }
// Taken for an answer, it would be a success that says nothing.
const empty: UpstreamFailure = { kind: 'malformed', message: 'The provider sent a stream without a message.' }
const malformed: UpstreamFailure = {
  kind: 'malformed',
  message: 'The provider sent an event that is not a JSON object with a type.',
}
