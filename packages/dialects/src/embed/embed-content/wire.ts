// The wire of Google's batchEmbedContents, as far as it is written and read here.

export interface BatchEmbedContentsRequest {
  /** Stands in the URL; in the gateway beside the other fields. */
  model: string
  requests: EmbedContentRequest[]
}

interface EmbedContentRequest {
  /** Once more, as `models/<model>`. */
  model: string
  content: { parts: { text: string }[] }
  outputDimensionality?: number
  [field: string]: unknown
}

export interface BatchEmbedContentsResponse {
  embeddings: { values: number[] }[]
  usageMetadata?: { promptTokenCount?: number; totalTokenCount?: number }
}
