import { MalformedAnswer } from '../../dialect.js'
import { inputTokens, totalTokens } from '../../generate/canonical/usage.js'
import { isList, isRecord, known } from '../../generate/narrow.js'
import { tokenCount } from '../../generate/token-count.js'
import { readOf } from '../../plain-usage.js'
import type { Embedded, Embedding } from '../canonical.js'
import { numbersOf, readVector } from '../vector.js'
import type { BatchEmbedContentsResponse } from './wire.js'

/** Throws `MalformedAnswer` where there is not one vector for each input. */
export function decodeResponse(wire: unknown, { input }: Embedding): Embedded {
  if (!isRecord(wire) || !isList(wire.embeddings)) throw new MalformedAnswer('The answer has no list of embeddings.')
  const vectors = wire.embeddings.map((each) => readVector(isRecord(each) ? each.values : undefined))
  if (vectors.length !== input.length)
    throw new MalformedAnswer(`The answer has ${vectors.length} embeddings to ${input.length} inputs.`)
  const tokens = isRecord(wire.usageMetadata) ? tokenCount(wire.usageMetadata.promptTokenCount) : undefined
  return {
    vectors,
    ...known({ usage: readOf(tokens) }),
  }
}

export function encodeResponse({ vectors, usage }: Embedded): BatchEmbedContentsResponse {
  return {
    embeddings: vectors.map((vector) => ({ values: [...numbersOf(vector)] })),
    ...(usage && { usageMetadata: { promptTokenCount: inputTokens(usage), totalTokenCount: totalTokens(usage) } }),
  }
}
