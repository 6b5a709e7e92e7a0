import type { embeddings as wire } from '@weir/contracts'
import { MalformedAnswer } from '../../dialect.js'
import { extrasOf } from '../../generate/canonical/extras.js'
import { isList, isNumber, isRecord, isString, known, taking } from '../../generate/narrow.js'
import { readPlainUsage, writePlainUsage } from '../../plain-usage.js'
import type { PlainAnswering } from '../../plain-dialect.js'
import type { Embedded, Embedding, Vector } from '../canonical.js'
import { base64Of, numbersOf, readVector } from '../vector.js'

/** Throws `MalformedAnswer` where there is not one vector for each input. */
export function decodeResponse(wire: unknown, { input }: Embedding): Embedded {
  if (!isRecord(wire) || !isList(wire.data)) throw new MalformedAnswer('The answer has no list of embeddings.')
  const { take, rest } = taking(wire)
  const id = take('id', isString)
  const model = take('model', isString)
  const usage = readPlainUsage(take('usage', isRecord))
  for (const field of ['data', 'object', 'provider']) delete rest[field]
  return { vectors: inOrder(wire.data, input.length), ...known({ id, model, usage }), ...extrasOf('embeddings', rest) }
}

/** By their index, where they have one: not every server keeps the order. */
function inOrder(data: readonly unknown[], count: number): readonly Vector[] {
  const placed = data.map((entry, place) => {
    if (!isRecord(entry)) throw new MalformedAnswer('An embedding is no object.')
    return { index: isNumber(entry.index) ? entry.index : place, vector: readVector(entry.embedding) }
  })
  const indices = new Set(placed.map(({ index }) => index))
  if (placed.length !== count || indices.size !== count)
    throw new MalformedAnswer(`The answer has ${indices.size} embeddings to ${count} inputs.`)
  return placed.toSorted((one, other) => one.index - other.index).map(({ vector }) => vector)
}

export function encodeResponse(
  { id, vectors, model, usage, extras }: Embedded,
  { encoding }: Embedding,
  answering: PlainAnswering,
): wire.EmbeddingsResponse {
  return {
    ...extras?.embeddings,
    ...known({ id }),
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? base64Of(vector) : [...numbersOf(vector)],
    })),
    model: model ?? answering.model,
    usage: usage ? writePlainUsage(usage) : { prompt_tokens: 0, total_tokens: 0 },
    provider: answering.provider,
  }
}
