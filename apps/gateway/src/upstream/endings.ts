// The least that can be read of a stream: how it ends. For answers whose decoder gave up and that are passed on all the same.
import type { Event, Outcome, Reader, SseFrame } from '@weir/dialects'

interface Wire {
  readonly type?: string
  readonly delta?: { readonly stop_reason?: string | null } | null
  readonly candidates?: readonly ({ readonly finishReason?: string | null } | null)[] | null
  readonly response?: { readonly incomplete_details?: { readonly reason?: string } | null } | null
  readonly choices?: readonly ({ readonly finish_reason?: string | null } | null)[] | null
}

/** Responses: the type of the terminal event says it. */
export function responsesEnding(): Reader<SseFrame, Event> {
  return ending((wire, frame) => {
    switch (wire.type ?? frame.event) {
      case 'response.completed':
      case 'response.done':
        return { status: 'completed' }
      case 'response.incomplete':
        return { status: 'incomplete', reason: wire.response?.incomplete_details?.reason ?? 'unknown' }
      case 'response.failed':
      case 'response.cancelled':
      case 'error':
        return failed
      default:
        return undefined
    }
  })
}

/** Chat: `[DONE]`, or the end of the stream after a finish reason. */
export function chatEnding(): Reader<SseFrame, Event> {
  let finished = false
  return ending(
    (wire) => {
      if ('error' in wire && wire.error) return failed
      finished ||= wire.choices?.some((choice) => choice?.finish_reason) === true
      return undefined
    },
    () => finished,
  )
}

/** Messages: `message_stop`, after an event that has said why. */
export function messagesEnding(): Reader<SseFrame, Event> {
  let stopped = false
  return ending(
    (wire, frame) => {
      stopped ||= typeof wire.delta?.stop_reason === 'string'
      switch (wire.type ?? frame.event) {
        case 'message_stop':
          return { status: 'completed' }
        case 'error':
          return failed
        default:
          return undefined
      }
    },
    () => stopped,
  )
}

/** GenerateContent: the end of the stream after a finish reason. */
export function generateContentEnding(): Reader<SseFrame, Event> {
  let finished = false
  return ending(
    (wire) => {
      if ('error' in wire && wire.error) return failed
      finished ||= wire.candidates?.some((candidate) => candidate?.finishReason) === true
      return undefined
    },
    () => finished,
  )
}

const failed: Outcome = { status: 'failed', failure: { kind: 'failed', message: 'The provider failed.' } }

function ending(
  outcomeOf: (wire: Wire, frame: SseFrame) => Outcome | undefined,
  finished = () => false,
): Reader<SseFrame, Event> {
  let over = false
  return {
    push(frame, emit) {
      if (over || frame.data.trim() === '') return
      const outcome: Outcome | undefined = frame.data.trim() === '[DONE]' ? { status: 'completed' } : read(frame)
      if (!outcome) return
      over = true
      if (outcome.status === 'failed') emit({ type: 'error', failure: outcome.failure })
      else emit({ type: 'turn-end', outcome })
    },
    end(emit) {
      if (over) return
      over = true
      if (finished()) emit({ type: 'turn-end', outcome: { status: 'completed' } })
      else
        emit({ type: 'error', failure: { kind: 'cut', message: 'The provider ended its stream in the middle of the answer.' } })
    },
  }

  function read(frame: SseFrame): Outcome | undefined {
    try {
      const wire: unknown = JSON.parse(frame.data)
      if (wire !== null && typeof wire === 'object') return outcomeOf(wire, frame)
    } catch {
      // Not JSON: told below.
    }
    return { status: 'failed', failure: { kind: 'malformed', message: 'The provider sent an event that is not a JSON object.' } }
  }
}
