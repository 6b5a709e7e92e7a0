import type { embeddings as wire } from '@weir/contracts'
import { extrasOf, ownExtras } from '../../generate/canonical/extras.js'
import type { Encoded, Loss } from '../../generate/canonical/loss.js'
import { isList, isNumber, isOneOf, isString, known, taking } from '../../generate/narrow.js'
import { refuseSurplus, withoutRejected } from '../../plain-rejects.js'
import type { PlainTarget } from '../../plain-dialect.js'
import type { EmbedInput, Embedding } from '../canonical.js'
import { refuseTokens } from '../tokens.js'

export function decodeRequest(wire: wire.EmbeddingsRequest): Embedding {
  const { take, rest } = taking(wire)
  const model = take('model', isString) ?? ''
  const dimensions = take('dimensions', isNumber)
  const encoding = take('encoding_format', isOneOf('float', 'base64'))
  const user = take('user', isString)
  const input = decodeInput(wire.input)
  delete rest.input
  return { model, input, ...known({ dimensions, encoding, user }), ...extrasOf('embeddings', rest) }
}

/** A list of numbers is one input. */
function decodeInput(input: wire.EmbeddingsRequest['input']): EmbedInput[] {
  if (isString(input)) return [{ text: input }]
  if (isList(input) && input.length > 0 && input.every(isNumber)) return [{ tokens: input }]
  return input.flatMap((each): EmbedInput[] => {
    if (isString(each)) return [{ text: each }]
    return isNumber(each) ? [] : [{ tokens: each }]
  })
}

/** A single input stands alone, which every server reads. */
export function encodeRequest(asked: Embedding, { model, quirks = {} }: PlainTarget): Encoded<wire.EmbeddingsRequest> {
  const losses: Loss[] = []
  refuseSurplus('input', asked.input.length, quirks, losses)
  if (quirks.textsOnly) refuseTokens(asked.input, losses)
  const { encoding, dimensions, user } = asked
  const body: wire.EmbeddingsRequest = {
    ...ownExtras('embeddings', asked.extras, '', losses),
    model,
    input: encodeInput(asked.input),
    // What gives numbers alone is made base64 on the way back.
    ...(encoding !== undefined && !quirks.numbersOnly && { encoding_format: encoding }),
    ...(dimensions !== undefined && { [quirks.dimensionsField ?? 'dimensions']: dimensions }),
    ...known({ user }),
  }
  return { body: withoutRejected(body, quirks, losses), losses }
}

function encodeInput(input: readonly EmbedInput[]): wire.EmbeddingsRequest['input'] {
  const [only] = input
  if (only && input.length === 1) return 'text' in only ? only.text : [...only.tokens]
  const texts = input.flatMap((each) => ('text' in each ? [each.text] : []))
  return texts.length > 0 ? texts : input.flatMap((each) => ('tokens' in each ? [[...each.tokens]] : []))
}
