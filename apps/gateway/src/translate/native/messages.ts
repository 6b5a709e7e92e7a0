import type { messages } from '@weir/contracts'
import type { Loss } from '@weir/dialects'
import type { Candidate, Guarded } from '../../exchange.js'
import { open, type Issuer } from '../replay-token.js'
import type { Prepared } from './prepared.js'

/** The caller's own body, with its tokens opened for their issuer, and without thinking that is not this model's. */
export function messagesBody({ body }: Guarded, { account, target }: Candidate): Prepared {
  const { store: _, ...wire } = body as messages.MessagesRequest
  const issuer = { account: account.name, model: target.model }
  const losses: Loss[] = []
  const opened = wire.messages.map((message, place): messages.Message => {
    if (!Array.isArray(message.content) || !message.content.some(isThinking)) return message
    const content = message.content.flatMap((block, part) => {
      const own = isThinking(block) ? openBlock(block, issuer) : block
      if (!own) losses.push(strange(`messages[${place}].content[${part}]`))
      return own ?? []
    })
    return { ...message, content }
  })
  return { body: { ...wire, messages: opened }, losses, kept: false, continued: false }
}

const isThinking = ({ type }: messages.Block): boolean => type === 'thinking' || type === 'redacted_thinking'

/** The block as its issuer gave it. */
function openBlock(block: messages.Block, issuer: Issuer): messages.Block | undefined {
  const field = block.type === 'thinking' ? 'signature' : 'data'
  // The schema has checked what it is.
  const token = (block as { readonly [field: string]: unknown })[field]
  const opened = typeof token === 'string' ? open(token, issuer) : undefined
  return opened && { ...block, [field]: opened.payload }
}

const strange = (path: string): Loss => ({
  path,
  disposition: 'dropped',
  reason: 'Reasoning of another model cannot be replayed here.',
})
