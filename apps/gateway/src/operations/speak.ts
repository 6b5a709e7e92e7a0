import { speechRequestFields, speechRequestSchema } from '@weir/contracts'
import { speech, type Speaking } from '@weir/dialects'
import type { PlainOperation } from './plain.js'

/** A text said aloud. */
export const speak: PlainOperation = {
  name: 'speak',
  turns: false,
  ability: 'speak',
  ingress: { speech: { codec: speech, fields: speechRequestFields, schema: speechRequestSchema } },
  upstream: { speech },
  texts: ({ input, instructions = '' }: Speaking) => [input, instructions],
  tellsUsage: false,
}
