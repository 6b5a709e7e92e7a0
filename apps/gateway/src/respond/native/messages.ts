import { tag } from '../../translate/replay-token.js'
import type { NativeFacts, NativeWire } from './native-wire.js'

type Loose = Readonly<Record<string, unknown>>

/** Where a token may stand; within a text the quotes would be escaped. */
const mayHoldToken = /"(signature|data)"\s*:/

/** Events pass as they are, but for the tokens of thinking: tagged, so that they find their issuer when they come back. */
export function messagesWire({ issuer }: NativeFacts): NativeWire {
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
      return Array.isArray(content)
        ? { ...wire, content: content.map((each: unknown) => (isRecord(each) ? tagged(each) : each)) }
        : wire
    },
    frame(frame) {
      if (!mayHoldToken.test(frame.data)) return frame
      const wire = JSON.parse(frame.data) as Loose
      const field = isRecord(wire['delta']) ? 'delta' : 'content_block'
      const held = wire[field]
      return isRecord(held) ? { ...frame, data: JSON.stringify({ ...wire, [field]: tagged(held) }) } : frame
    },
  }
}

const isRecord = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
