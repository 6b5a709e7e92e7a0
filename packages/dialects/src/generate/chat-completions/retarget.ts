import type { chat } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import type { Encoded, Loss } from '../canonical/loss.js'
import { withKnownEffort } from './effort.js'
import { withoutRejected } from './request.js'

/** The caller's own body for this target: what the server does differently is changed, all else stays as it came. */
export function retarget(body: chat.ChatCompletionsRequest, target: Target): Encoded<chat.ChatCompletionsRequest> {
  const losses: Loss[] = []
  const quirks = target.quirks ?? {}
  const own: chat.ChatCompletionsRequest = { ...body, model: target.model }

  if (quirks.legacyMaxTokens && own.max_completion_tokens !== undefined) {
    own.max_tokens = own.max_completion_tokens ?? own.max_tokens ?? null
    delete own.max_completion_tokens
  }
  if (quirks.noDeveloperRole && own.messages.some((message) => message.role === 'developer'))
    own.messages = own.messages.map((message) => (message.role === 'developer' ? { ...message, role: 'system' } : message))
  if (quirks.noStreamUsage) delete own.stream_options
  return { body: withoutRejected(withKnownEffort(own, target, losses), target, losses), losses }
}
