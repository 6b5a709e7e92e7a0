import type { LogProb } from '@weir/contracts'
import type { Answering, SseFrame } from '../../dialect.js'
import type { Reader } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import type { Outcome } from '../canonical/response.js'
import type { Usage } from '../canonical/usage.js'
import { encodeUsage } from '../chat-completions/usage.js'
import { failureError } from '../failure-error.js'
import { encodeOpenAiError } from '../openai-error.js'
import { echoOf } from './echo.js'
import { endedChoices, finishReason } from './finish-reason.js'
import { logProbWriter, type LogProbWriter } from './logprobs.js'

type Emit = (frame: SseFrame) => void

interface WrittenChoice {
  readonly index: number
  readonly logprobs: LogProbWriter
}

/**
 * Events to chunks, each of them a completion with the next piece of its text. The ending comes with `turn-end`; after an error there
 * is no `[DONE]`, so nobody takes it for a success.
 */
export function encodeStream(answering: Answering): Reader<Event, SseFrame> {
  const { asked } = answering
  const echo = echoOf(asked)
  const includeUsage = asked.streamOptions?.includeUsage === true
  const head = headOf(answering)
  const tail = includeUsage ? '}],"usage":null}' : '}]}'
  const choices: WrittenChoice[] = []
  /** The choice of each message. */
  const messages: WrittenChoice[] = []
  let usage: Usage | undefined

  /** Deltas are put together from strings made once, for this is the hot path. */
  function write(index: number, text: string, logprobs: string, finish: string, emit: Emit): void {
    const rest = `"index":${index},"logprobs":${logprobs},"finish_reason":${finish}`
    emit({ data: `${head}"choices":[{"text":${text},${rest}${tail}` })
  }

  function choiceOf(index: number, emit: Emit): WrittenChoice {
    const known = choices[index]
    if (known) return known
    const choice = { index, logprobs: logProbWriter(asked) }
    choices[index] = choice
    if (echo !== '') write(index, JSON.stringify(echo), 'null', 'null', emit)
    return choice
  }

  function say(choice: WrittenChoice, text: string, logprobs: readonly LogProb[] | undefined, emit: Emit): void {
    write(choice.index, JSON.stringify(text), logprobs ? JSON.stringify(choice.logprobs(logprobs)) : 'null', 'null', emit)
  }

  function end(outcome: Outcome, emit: Emit): void {
    const count = Math.max(1, choices.length, endedChoices(outcome))
    for (let index = 0; index < count; index++) {
      choiceOf(index, emit)
      write(index, '""', 'null', JSON.stringify(finishReason(outcome, index)), emit)
    }
    if (includeUsage && usage) emit({ data: `${head}"choices":[],"usage":${JSON.stringify(encodeUsage(usage))}}` })
    emit({ data: '[DONE]' })
  }

  return {
    push(event, emit) {
      switch (event.type) {
        case 'item-start':
          if (event.start.type === 'message') messages[event.item] = choiceOf(event.start.choice ?? 0, emit)
          break
        case 'text-delta': {
          const choice = messages[event.item]
          if (choice) say(choice, event.text, event.logprobs, emit)
          break
        }
        case 'usage':
          usage = event.usage
          break
        case 'turn-end':
          end(event.outcome, emit)
          break
        case 'error':
          emit({ data: JSON.stringify(encodeOpenAiError(failureError(event.failure)).body) })
          break
        default:
          break
      }
    },
    end() {},
  }
}

/** A chunk up to its choices. */
function headOf({ id, createdAt, model, provider }: Answering): string {
  const head = JSON.stringify({ id, object: 'text_completion', created: createdAt, model, provider })
  return `${head.slice(0, -1)},`
}
