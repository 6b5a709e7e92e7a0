import { wrapSignature } from '@weir/dialects'
import { tag } from '../../translate/replay-token.js'
import type { NativeFacts, NativeWire } from './native-wire.js'

type Loose = Readonly<Record<string, unknown>>

/** Chunks pass as they are, but for the signatures of their parts: tagged, so that they find their issuer when they come back. */
export function generateContentWire({ issuer }: NativeFacts): NativeWire {
  const signed = (part: unknown): unknown =>
    isRecord(part) && typeof part['thoughtSignature'] === 'string'
      ? { ...part, thoughtSignature: wrapSignature(tag(issuer, '', part['thoughtSignature'])) }
      : part

  function candidate(given: unknown): unknown {
    if (!isRecord(given) || !isRecord(given['content'])) return given
    const { content } = given
    const { parts } = content
    return Array.isArray(parts) ? { ...given, content: { ...content, parts: parts.map(signed) } } : given
  }

  function whole(wire: object): object {
    const { candidates } = wire as { candidates?: unknown }
    return Array.isArray(candidates) ? { ...wire, candidates: candidates.map(candidate) } : wire
  }

  return {
    hidden: {},
    whole,
    frame: (frame) =>
      frame.data.includes('"thoughtSignature"')
        ? { ...frame, data: JSON.stringify(whole(JSON.parse(frame.data) as object)) }
        : frame,
  }
}

const isRecord = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
