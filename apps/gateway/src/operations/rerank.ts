import { rerankRequestFields, rerankRequestSchema } from '@weir/contracts'
import { documentText, rerank as dialect, type Reranking } from '@weir/dialects'
import type { PlainOperation } from './plain.js'

/** Documents in the order in which they answer a query. */
export const rerank: PlainOperation = {
  name: 'rerank',
  turns: false,
  ability: 'rerank',
  ingress: { rerank: { codec: dialect, fields: rerankRequestFields, schema: rerankRequestSchema } },
  upstream: { rerank: dialect },
  texts: ({ query, documents }: Reranking) => [query, ...documents.map(documentText)],
  tellsUsage: false,
}
