import type { Answering, SseFrame } from '../../dialect.js'
import type { Reader } from '../../reader.js'
import type { Event, ReasoningDelta } from '../canonical/event.js'
import type { Item } from '../canonical/item.js'
import type { ChoiceOutcome, Outcome } from '../canonical/response.js'
import type { Usage } from '../canonical/usage.js'
import { encodeAnnotation } from './annotations.js'
import { errorBody } from './error.js'
import { failureError } from '../failure-error.js'
import { encodeFinishReason } from './map-finish-reason.js'
import { encodeToolCall } from './tool-calls.js'
import { flattenTools } from '../tools/flatten.js'
import { encodeUsage } from './usage.js'
import { withExtras } from './with-extras.js'

type Emit = (frame: SseFrame) => void

/** What is known of a choice while it is written. */
interface WrittenChoice {
  /** The chunk up to the value of `delta`. */
  readonly head: string
  calls: number
  reasoned: boolean
}

/** What is known of an item while it is written. */
interface WrittenItem {
  readonly choice: WrittenChoice
  /** A delta of a call up to its text. */
  readonly call: string
  /** Which of the two the first delta brought: a caller is shown the summary or the reasoning, not both. */
  reasoning?: ReasoningDelta['kind']
  part: number
}

/**
 * Events to chunks. Deltas are put together from strings made once, for this is the hot path. The ending comes with
 * `turn-end`; after an error there is no `[DONE]`, so nobody takes it for a success.
 */
export function encodeStream(answering: Answering): Reader<Event, SseFrame> {
  const includeUsage = answering.asked.streamOptions?.includeUsage === true
  const { nameOf } = flattenTools(answering.asked, { customTools: true })
  const choices: WrittenChoice[] = []
  const items: WrittenItem[] = []
  const close = includeUsage ? '],"usage":null}' : ']}'
  const tail = `,"logprobs":null,"finish_reason":null}${close}`
  let base = baseOf(answering, undefined)
  let usage: Usage | undefined

  /** The choice, whose first chunk brings the role. */
  function choiceOf(index: number, emit: Emit): WrittenChoice {
    const known = choices[index]
    if (known) return known
    const choice = { head: `${base}"choices":[{"index":${index},"delta":`, calls: 0, reasoned: false }
    choices[index] = choice
    write(choice, '{"role":"assistant","content":""}', emit)
    return choice
  }

  function write(choice: WrittenChoice, delta: string, emit: Emit): void {
    emit({ data: choice.head + delta + tail })
  }

  function begin(number: number, start: Item, emit: Emit): void {
    const choice = choiceOf(start.choice ?? 0, emit)
    let call = ''
    if (start.type === 'tool-call') {
      const index = choice.calls++
      const wire = withExtras(encodeToolCall(start, nameOf(start)), start.extras?.['chat-completions'])
      write(choice, `{"tool_calls":[${JSON.stringify({ index, ...wire })}]}`, emit)
      call = `{"tool_calls":[{"index":${index},${start.kind === 'custom' ? '"custom":{"input":' : '"function":{"arguments":'}`
    }
    items[number] = { choice, call, part: 0 }
  }

  function reason(event: ReasoningDelta, emit: Emit): void {
    const item = items[event.item]
    if (!item) return
    const goesOn = item.reasoning !== undefined
    item.reasoning ??= event.kind
    if (item.reasoning !== event.kind) return
    const parts = item.choice.reasoned && (!goesOn || item.part !== event.part)
    item.part = event.part
    item.choice.reasoned = true
    write(item.choice, `{"reasoning_content":${JSON.stringify(parts ? `\n\n${event.text}` : event.text)}}`, emit)
  }

  function end(outcome: Outcome, serviceTier: string | undefined, emit: Emit): void {
    const ending: ChoiceOutcome = outcome.status === 'failed' ? { status: 'completed' } : outcome
    const endings = outcome.status === 'failed' ? undefined : outcome.choices
    const count = Math.max(1, choices.length, endings?.length ?? 0)
    const tier = serviceTier === undefined ? '' : `,"service_tier":${JSON.stringify(serviceTier)}`
    for (let index = 0; index < count; index++) {
      const choice = choiceOf(index, emit)
      const finish = encodeFinishReason(endings?.[index] ?? ending, choice.calls > 0)
      const rest = includeUsage ? ',"usage":null}' : '}'
      emit({ data: `${choice.head}{},"logprobs":null,"finish_reason":"${finish}"}]${tier}${rest}` })
    }
    if (includeUsage && usage) emit({ data: `${base}"choices":[],"usage":${JSON.stringify(encodeUsage(usage))}}` })
    emit({ data: '[DONE]' })
  }

  return {
    push(event, emit) {
      switch (event.type) {
        case 'text-delta': {
          const item = items[event.item]
          if (!item) break
          const text = JSON.stringify(event.text)
          if (event.kind === 'refusal') write(item.choice, `{"refusal":${text}}`, emit)
          else if (!event.logprobs) write(item.choice, `{"content":${text}}`, emit)
          else {
            const logprobs = `{"content":${JSON.stringify(event.logprobs)},"refusal":null}`
            emit({ data: `${item.choice.head}{"content":${text}},"logprobs":${logprobs},"finish_reason":null}${close}` })
          }
          break
        }
        case 'arguments-delta': {
          const item = items[event.item]
          // The first chunk of a call says that its arguments are empty so far.
          if (item && event.text !== '') write(item.choice, `${item.call}${JSON.stringify(event.text)}}}]}`, emit)
          break
        }
        case 'reasoning-delta':
          reason(event, emit)
          break
        case 'annotation': {
          const item = items[event.item]
          if (item) write(item.choice, `{"annotations":[${JSON.stringify(encodeAnnotation(event.annotation))}]}`, emit)
          break
        }
        case 'turn-start':
          base = baseOf(answering, event.extras?.['chat-completions']?.system_fingerprint)
          choiceOf(0, emit)
          break
        case 'item-start':
          begin(event.item, event.start, emit)
          break
        case 'usage':
          usage = event.usage
          break
        case 'turn-end':
          end(event.outcome, event.serviceTier, emit)
          break
        case 'error':
          emit({ data: JSON.stringify(errorBody(failureError(event.failure))) })
          break
        default:
          break
      }
    },
    end() {},
  }
}

/** A chunk up to its choices. */
function baseOf(answering: Answering, fingerprint: unknown): string {
  const head = JSON.stringify({
    id: answering.id,
    object: 'chat.completion.chunk',
    created: answering.createdAt,
    model: answering.model,
    provider: answering.provider,
    ...(typeof fingerprint === 'string' && { system_fingerprint: fingerprint }),
  })
  return `${head.slice(0, -1)},`
}
