import type { generateContent } from '@weir/contracts'
import { unwrapSignature, wrapSignature, type Loss } from '@weir/dialects'
import type { Candidate, Guarded } from '../../exchange.js'
import { putBack, type TurnForm } from '../put-back.js'
import { open } from '../replay-token.js'
import type { Prepared } from './prepared.js'

type Loose = Readonly<Record<string, unknown>>

/** The caller's own body, with its signatures opened for their issuer, and without those of other models. */
export function generateContentBody({ body, called }: Guarded, { account, target }: Candidate): Prepared {
  const { store: _, ...wire } = body as generateContent.GenerateContentRequest
  const issuer = { account: account.name, model: target.model }
  const losses: Loss[] = []

  function opened(part: unknown, path: string): unknown {
    if (!isRecord(part)) return part
    const { thoughtSignature, thought_signature: snake, ...rest } = part
    const token = thoughtSignature ?? snake
    if (typeof token !== 'string') return part
    const own = open(unwrapSignature(token), issuer)
    if (own) return { ...rest, thoughtSignature: own.payload }
    losses.push({ path, disposition: 'dropped', reason: 'A replay token goes back to its issuer only.' })
    const stand = target.quirks?.unsignedCalls
    const calls = 'functionCall' in rest || 'function_call' in rest
    return calls && stand !== undefined ? { ...rest, thoughtSignature: stand } : rest
  }

  const contents = [wire.contents].flat().map((content, place) => {
    const { parts } = content
    if (parts === undefined) return content
    const turn = called.size > 0 ? putBack<unknown>([parts].flat(), called, issuer, form) : [parts].flat()
    return { ...content, parts: turn.map((part, index) => opened(part, `contents[${place}].parts[${index}]`)) }
  })
  return { body: { ...wire, contents }, losses, kept: false, continued: false }
}

const form: TurnForm<unknown> = {
  callId(part) {
    const { functionCall: call } = isRecord(part) ? part : {}
    return isRecord(call) && typeof call['id'] === 'string' ? call['id'] : undefined
  },
  isReasoning: (part) => isRecord(part) && part['thought'] === true,
  isReplayed: (part) => isRecord(part) && part['thought'] === true && isSigned(part),
  reasoning: ({ summary, encrypted_content: token }) => ({
    text: summary.map(({ text }) => text).join(''),
    thought: true,
    thoughtSignature: wrapSignature(token ?? ''),
  }),
  signed: (part, token) => (isRecord(part) && !isSigned(part) ? { ...part, thoughtSignature: wrapSignature(token) } : part),
}

const isSigned = (part: Loose): boolean => typeof (part['thoughtSignature'] ?? part['thought_signature']) === 'string'

const isRecord = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
