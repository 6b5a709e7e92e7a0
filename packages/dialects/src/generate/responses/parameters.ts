import type { Target } from '../../dialect.js'
import type { Loss } from '../canonical/loss.js'
import type { Generation } from '../canonical/request.js'
import type { Loose } from '../narrow.js'
import { dropped } from '../losses.js'

/** A parameter by its name on the wire, and where it stands in the canonical request. */
export interface Parameter {
  readonly wire: string
  readonly path: string
  readonly read: (asked: Generation) => unknown
  /** Chat's own: written only for a target that says it accepts it. */
  readonly chat?: true
}

/** Every plain parameter of the wire, in the order in which it is written. */
export const parameters: readonly Parameter[] = [
  { wire: 'instructions', path: 'instructions', read: (asked) => asked.instructions },
  { wire: 'parallel_tool_calls', path: 'parallelToolCalls', read: (asked) => asked.parallelToolCalls },
  { wire: 'max_tool_calls', path: 'maxToolCalls', read: (asked) => asked.maxToolCalls },
  { wire: 'max_output_tokens', path: 'sampling.maxOutputTokens', read: (asked) => asked.sampling.maxOutputTokens },
  { wire: 'temperature', path: 'sampling.temperature', read: (asked) => asked.sampling.temperature },
  { wire: 'top_p', path: 'sampling.topP', read: (asked) => asked.sampling.topP },
  { wire: 'top_k', path: 'sampling.topK', read: (asked) => asked.sampling.topK, chat: true },
  { wire: 'top_logprobs', path: 'sampling.topLogprobs', read: (asked) => asked.sampling.topLogprobs },
  { wire: 'stop', path: 'sampling.stop', read: (asked) => asked.sampling.stop, chat: true },
  { wire: 'seed', path: 'sampling.seed', read: (asked) => asked.sampling.seed, chat: true },
  { wire: 'presence_penalty', path: 'sampling.presencePenalty', read: (asked) => asked.sampling.presencePenalty, chat: true },
  { wire: 'frequency_penalty', path: 'sampling.frequencyPenalty', read: (asked) => asked.sampling.frequencyPenalty, chat: true },
  { wire: 'logit_bias', path: 'sampling.logitBias', read: (asked) => asked.sampling.logitBias, chat: true },
  {
    wire: 'n',
    path: 'sampling.choices',
    read: (asked) => (asked.sampling.choices === 1 ? undefined : asked.sampling.choices),
    chat: true,
  },
  { wire: 'service_tier', path: 'serviceTier', read: (asked) => asked.serviceTier },
  { wire: 'prompt_cache_key', path: 'promptCacheKey', read: (asked) => asked.promptCacheKey },
  { wire: 'safety_identifier', path: 'safetyIdentifier', read: (asked) => asked.safetyIdentifier },
  { wire: 'user', path: 'user', read: (asked) => asked.user },
  { wire: 'truncation', path: 'truncation', read: (asked) => asked.truncation },
  { wire: 'store', path: 'state.store', read: (asked) => asked.state.store },
  { wire: 'background', path: 'state.background', read: (asked) => asked.state.background },
  { wire: 'previous_response_id', path: 'state.previousResponseId', read: (asked) => asked.state.previousResponseId },
  { wire: 'conversation', path: 'state.conversation', read: (asked) => asked.state.conversation },
  { wire: 'metadata', path: 'state.metadata', read: (asked) => asked.state.metadata },
]

const paths: Readonly<Record<string, string>> = {
  ...Object.fromEntries(parameters.map(({ wire, path }) => [wire, path])),
  tool_choice: 'toolChoice',
  stream_options: 'streamOptions',
}

/**
 * Takes chat's messages out of a body that has an input of its own, which is what counts: an upstream could read the one or the
 * other. Changes `body`, which must be the encoder's own.
 */
export function dropMessages(body: Loose, losses: Loss[]): void {
  if (!('messages' in body)) return
  if (body.messages !== null) losses.push(dropped('extras.responses.messages', 'The input is given beside the messages.'))
  delete body.messages
}

/** Takes out of a body what the server is known to reject. Changes `body`, which must be the encoder's own. */
export function reject(body: Loose, target: Target, losses: Loss[]): void {
  for (const wire of target.quirks?.rejects ?? []) {
    if (body[wire] === undefined) continue
    delete body[wire]
    losses.push(dropped(paths[wire] ?? wire, `This server rejects ${wire}.`))
  }
}
