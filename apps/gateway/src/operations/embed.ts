import { embeddingsRequestFields, embeddingsRequestSchema } from '@weir/contracts'
import { embedContent, embeddings, type Embedding } from '@weir/dialects'
import type { PlainOperation } from './plain.js'

/** Texts as vectors. */
export const embed: PlainOperation = {
  name: 'embed',
  turns: false,
  ability: 'embed',
  ingress: { embeddings: { codec: embeddings, fields: embeddingsRequestFields, schema: embeddingsRequestSchema } },
  upstream: { embeddings, 'embed-content': embedContent },
  // Who takes tokens counts them.
  texts: ({ input }: Embedding) => input.map((each) => ('text' in each ? each.text : '')),
  tellsUsage: true,
}
