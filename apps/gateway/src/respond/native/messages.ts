import { tag } from '../../translate/replay-token.js'
import type { NativeFacts, NativeWire } from './native-wire.js'

type Loose = Readonly<Record<string, unknown>>

/** Where a token may stand, or the head of an answer; within a text the quotes would be escaped. */
const mayHoldOurs = /"(signature|data|message)"\s*:/

/**
 * Events pass as they are, but for the tokens of thinking: tagged, so that they find their issuer when they come back; and for the
 * model, which the caller knows by another name. A name that was not sent upstream is the upstream's own word, and passes.
 */
export function messagesWire({ issuer, answering }: NativeFacts): NativeWire {
  const named = (message: Loose): Loose =>
    message['model'] === issuer.model && message['model'] !== answering.model ? { ...message, model: answering.model } : message

  /** A block or a delta with its token tagged. */
  function tagged(given: Loose): Loose {
    const { type, signature, data } = given
    if ((type === 'thinking' || type === 'signature_delta') && typeof signature === 'string' && signature !== '')
      return { ...given, signature: tag(issuer, '', signature) }
    if (type === 'redacted_thinking' && typeof data === 'string') return { ...given, data: tag(issuer, '', data) }
    return given
  }

  return {
    hidden: {},
    whole(wire) {
      const { content } = wire as { content?: unknown }
      const message = named(wire as Loose)
      return Array.isArray(content)
        ? { ...message, content: content.map((each: unknown) => (isRecord(each) ? tagged(each) : each)) }
        : message
    },
    frame(frame) {
      if (!mayHoldOurs.test(frame.data)) return frame
      const wire = JSON.parse(frame.data) as Loose
      const { type, message } = wire
      if (type === 'message_start' && isRecord(message))
        return { ...frame, data: JSON.stringify({ ...wire, message: named(message) }) }
      const field = isRecord(wire['delta']) ? 'delta' : 'content_block'
      const held = wire[field]
      return isRecord(held) ? { ...frame, data: JSON.stringify({ ...wire, [field]: tagged(held) }) } : frame
    },
  }
}

const isRecord = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
