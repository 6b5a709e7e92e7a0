import type { moderations as wire } from '@weir/contracts'
import { extrasOf, ownExtras } from '../../generate/canonical/extras.js'
import type { Encoded, Loss } from '../../generate/canonical/loss.js'
import { approximated } from '../../generate/losses.js'
import { isString, isStrings, taking } from '../../generate/narrow.js'
import type { PlainTarget } from '../../plain-dialect.js'
import { refuseSurplus, withoutRejected } from '../../plain-rejects.js'
import type { Moderation, ModerationInput } from '../canonical.js'

export function decodeRequest(wire: wire.ModerationsRequest): Moderation {
  const { take, rest } = taking(wire)
  const model = take('model', isString) ?? ''
  delete rest.input
  return { model, input: decodeInput(wire.input), ...extrasOf('moderations', rest) }
}

function decodeInput(input: wire.ModerationsRequest['input']): ModerationInput {
  if (isString(input)) return { texts: [input] }
  if (isStrings(input)) return { texts: input }
  return { parts: input.flatMap((part) => (isString(part) ? [] : [part])) }
}

/** A single text stands alone. */
export function encodeRequest(asked: Moderation, { model, quirks = {} }: PlainTarget): Encoded<wire.ModerationsRequest> {
  const losses: Loss[] = []
  const body: wire.ModerationsRequest = {
    ...ownExtras('moderations', asked.extras, '', losses),
    model,
    input: encodeInput(asked.input, quirks.textsOnly === true, losses),
  }
  if ('texts' in asked.input) refuseSurplus('input', asked.input.texts.length, quirks, losses)
  return { body: withoutRejected(body, quirks, losses), losses }
}

function encodeInput(input: ModerationInput, textsOnly: boolean, losses: Loss[]): wire.ModerationsRequest['input'] {
  if ('texts' in input) {
    const [only, ...others] = input.texts
    return only !== undefined && others.length === 0 ? only : [...input.texts]
  }
  if (!textsOnly) return [...input.parts]
  const texts = input.parts.map((part, place) => {
    if (part.type === 'text') return part.text
    losses.push({ path: `input[${place}]`, disposition: 'refused', reason: 'It judges texts and no images.' })
    return ''
  })
  if (texts.length > 1) losses.push(approximated('input', 'It judges texts alone: the parts go as one text.'))
  return texts.join('\n')
}
