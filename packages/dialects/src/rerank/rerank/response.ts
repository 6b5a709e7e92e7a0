import type { rerank as wire } from '@weir/contracts'
import { MalformedAnswer } from '../../dialect.js'
import { extrasOf } from '../../generate/canonical/extras.js'
import { isList, isNumber, isRecord, isString, known, taking } from '../../generate/narrow.js'
import { tokenCount } from '../../generate/token-count.js'
import type { PlainAnswering } from '../../plain-dialect.js'
import { readOf, readPlainUsage, writePlainUsage } from '../../plain-usage.js'
import type { RankedDocument, RerankDocument, Reranked, Reranking } from '../canonical.js'

/** Some servers call the list `data`. Throws `MalformedAnswer` for what does not point at the documents of the request. */
export function decodeResponse(wire: unknown, { documents, top = Infinity }: Reranking): Reranked {
  const list = isRecord(wire) ? (wire.results ?? wire.data) : undefined
  if (!isRecord(wire) || !isList(list)) throw new MalformedAnswer('The answer has no list of results.')
  const results = list.map((result) => readResult(result, documents.length))
  if (new Set(results.map(({ index }) => index)).size !== results.length)
    throw new MalformedAnswer('Two results are about one document.')
  const { take, rest } = taking(wire)
  const id = take('id', isString)
  const model = take('model', isString)
  const usage = readPlainUsage(take('usage', isRecord)) ?? readOf(tokensOfMeta(rest.meta))
  for (const field of ['results', 'data', 'object', 'provider']) delete rest[field]
  const best = results.toSorted((one, other) => other.score - one.score).slice(0, top)
  return { results: best, ...known({ id, model, usage }), ...extrasOf('rerank', rest) }
}

function readResult(wire: unknown, count: number): RankedDocument {
  const { index, relevance_score: score } = isRecord(wire) ? wire : {}
  if (!isNumber(index) || !Number.isInteger(index) || index < 0 || index >= count)
    throw new MalformedAnswer('A result is about no document of the request.')
  if (!isNumber(score)) throw new MalformedAnswer('A result has no score.')
  return { index, score }
}

/** Cohere's tokens, beside what it bills. */
function tokensOfMeta(meta: unknown): number | undefined {
  const tokens = isRecord(meta) ? meta.tokens : undefined
  return isRecord(tokens) ? tokenCount(tokens.input_tokens) : undefined
}

/** Documents are brought from the request: not every server sends them back, and none has to. */
export function encodeResponse(
  { id, model, results, usage, extras }: Reranked,
  { documents, returnDocuments = false }: Reranking,
  answering: PlainAnswering,
): wire.RerankResponse {
  return {
    ...extras?.rerank,
    id: id ?? answering.id,
    results: results.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(returnDocuments && { document: asObject(documents[index] ?? '') }),
    })),
    model: model ?? answering.model,
    ...(usage && { usage: writePlainUsage(usage) }),
    provider: answering.provider,
  }
}

const asObject = (document: RerankDocument): Record<string, unknown> =>
  isString(document) ? { text: document } : { ...document }
