import type { messages } from '@weir/contracts'
import { thinkingBlock, type Loss } from '@weir/dialects'
import type { Candidate, Guarded } from '../../exchange.js'
import { putBack, type TurnForm } from '../put-back.js'
import { open, type Issuer } from '../replay-token.js'
import type { Prepared } from './prepared.js'

/** The caller's own body, with its tokens opened for their issuer, and without thinking that is not this model's. */
export function messagesBody({ body, called }: Guarded, { account, target }: Candidate): Prepared {
  const { store: _, ...wire } = body as messages.MessagesRequest
  const issuer = { account: account.name, model: target.model }
  const losses: Loss[] = []
  const opened = wire.messages.map((message, place): messages.Message => {
    if (!Array.isArray(message.content)) return message
    const turn = called.size > 0 ? putBack(message.content, called, issuer, form) : message.content
    if (!turn.some(isThinking)) return message
    const content = turn.flatMap((block, part) => {
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
  const token = tokenOf(block)
  const opened = token === undefined ? undefined : open(token, issuer)
  if (!opened) return undefined
  if (block.type === 'redacted_thinking') return { ...block, data: opened.payload }
  // The schema has checked what it is.
  const { thinking, signature: _, ...rest } = block as messages.ThinkingBlock
  return { ...rest, ...thinkingBlock(opened.payload, thinking) }
}

function tokenOf(block: messages.Block): string | undefined {
  const token: unknown = block[(block.type === 'thinking' ? 'signature' : 'data') as keyof messages.Block]
  return typeof token === 'string' && token !== '' ? token : undefined
}

const form: TurnForm<messages.Block> = {
  callId: (block) => (block.type === 'tool_use' && 'id' in block && typeof block.id === 'string' ? block.id : undefined),
  isReasoning: isThinking,
  isReplayed: (block) => isThinking(block) && tokenOf(block) !== undefined,
  reasoning: ({ summary, encrypted_content: token }) => thinkingBlock(token ?? '', summary.map(({ text }) => text).join('\n\n')),
  // A signature stands on no call in this language.
  signed: (call) => call,
}

const strange = (path: string): Loss => ({
  path,
  disposition: 'dropped',
  reason: 'Reasoning of another model cannot be replayed here.',
})
