import type { rerank as wire } from '@weir/contracts'
import { extrasOf, ownExtras } from '../../generate/canonical/extras.js'
import type { Encoded, Loss } from '../../generate/canonical/loss.js'
import { approximated } from '../../generate/losses.js'
import { isBoolean, isNumber, isString, known, taking } from '../../generate/narrow.js'
import type { PlainTarget } from '../../plain-dialect.js'
import { refuseSurplus, withoutRejected } from '../../plain-rejects.js'
import { documentText, type RerankDocument, type Reranking } from '../canonical.js'

export function decodeRequest(wire: wire.RerankRequest): Reranking {
  const { take, rest } = taking(wire)
  const model = take('model', isString) ?? ''
  const query = take('query', isString) ?? ''
  const top = take('top_n', isNumber)
  const maxTokens = take('max_tokens_per_doc', isNumber)
  const returnDocuments = take('return_documents', isBoolean)
  delete rest.documents
  const { documents } = wire
  return { model, query, documents, ...known({ top, maxTokens, returnDocuments }), ...extrasOf('rerank', rest) }
}

export function encodeRequest(asked: Reranking, { model, quirks = {} }: PlainTarget): Encoded<wire.RerankRequest> {
  const losses: Loss[] = []
  const { query, documents, top, maxTokens, returnDocuments } = asked
  refuseSurplus('documents', documents.length, quirks, losses)
  const body: wire.RerankRequest = {
    ...ownExtras('rerank', asked.extras, '', losses),
    model,
    query,
    documents: quirks.textsOnly ? documents.map((document, place) => asText(document, place, losses)) : [...documents],
    ...known({ top_n: top, max_tokens_per_doc: maxTokens, return_documents: returnDocuments }),
  }
  return { body: withoutRejected(body, quirks, losses), losses }
}

/** A document for a server that takes texts alone. */
function asText(document: RerankDocument, place: number, losses: Loss[]): string {
  if (isString(document)) return document
  const [only, ...others] = Object.keys(document)
  if (only === 'text' && others.length === 0) return documentText(document)
  losses.push(approximated(`documents[${place}]`, 'It takes texts alone: the fields of a document go as JSON.'))
  return JSON.stringify(document)
}
