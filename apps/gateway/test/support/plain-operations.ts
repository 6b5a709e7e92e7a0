/** An operation that is no turn of a model, as a caller asks for it of an account `up`. */
export interface PlainQuestion {
  readonly operation: string
  readonly route: string
  readonly body: Readonly<Record<string, unknown>>
  /** A whole answer to it; absent where answers are bytes. */
  readonly answer?: object
}

const usage = { prompt_tokens: 1, total_tokens: 1 }

export const plainQuestions: readonly PlainQuestion[] = [
  {
    operation: 'embed',
    route: '/v1/embeddings',
    body: { model: 'up/m', input: 'Hi' },
    answer: { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [1, 0] }], model: 'm', usage },
  },
  {
    operation: 'rerank',
    route: '/v1/rerank',
    body: { model: 'up/m', query: 'Hi', documents: ['Hi', 'Ho'] },
    answer: { id: 'rr-1', model: 'm', results: [{ index: 1, relevance_score: 0.5 }], usage },
  },
  {
    operation: 'moderate',
    route: '/v1/moderations',
    body: { model: 'up/m', input: 'Hi' },
    answer: {
      id: 'modr-1',
      model: 'm',
      results: [{ flagged: false, categories: { hate: false }, category_scores: { hate: 0 } }],
    },
  },
  { operation: 'speak', route: '/v1/audio/speech', body: { model: 'up/m', input: 'Hi', voice: 'alloy' } },
]
