import { moderationsRequestFields, moderationsRequestSchema } from '@weir/contracts'
import { moderations, type Moderation } from '@weir/dialects'
import type { PlainOperation } from './plain.js'

/** Whether texts and images may do harm. */
export const moderate: PlainOperation = {
  name: 'moderate',
  turns: false,
  ability: 'moderate',
  ingress: { moderations: { codec: moderations, fields: moderationsRequestFields, schema: moderationsRequestSchema } },
  upstream: { moderations },
  texts: ({ input }: Moderation) =>
    'texts' in input ? input.texts : input.parts.map((part) => (part.type === 'text' ? part.text : '')),
  tellsUsage: false,
}
