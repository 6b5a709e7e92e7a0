import { extrasOf, ownExtras } from '../../generate/canonical/extras.js'
import type { Encoded, Loss } from '../../generate/canonical/loss.js'
import { dropped } from '../../generate/losses.js'
import { isList, isNumber, isRecord, isString, known, taking, type Loose } from '../../generate/narrow.js'
import { refuseSurplus } from '../../plain-rejects.js'
import type { PlainTarget } from '../../plain-dialect.js'
import type { Embedding } from '../canonical.js'
import { refuseTokens } from '../tokens.js'
import type { BatchEmbedContentsRequest } from './wire.js'

/** What each request says beside its text is kept in its place. */
export function decodeRequest(wire: BatchEmbedContentsRequest): Embedding {
  const requests = wire.requests.map((request) => taking(request))
  const dimensions = requests.map(({ take }) => take('outputDimensionality', isNumber))[0]
  const input = requests.map(({ rest }) => ({ text: textOf(rest.content) }))
  for (const { rest } of requests) for (const field of ['model', 'content']) delete rest[field]
  const others = requests.map(({ rest }) => rest)
  const said = others.some((each) => Object.keys(each).length > 0)
  return {
    model: wire.model,
    input,
    ...known({ dimensions }),
    ...extrasOf('embed-content', said ? { requests: others } : {}),
  }
}

function textOf(content: unknown): string {
  const parts = isRecord(content) && isList(content.parts) ? content.parts : []
  return parts.map((part) => (isRecord(part) && isString(part.text) ? part.text : '')).join('\n')
}

export function encodeRequest(asked: Embedding, { model, quirks = {} }: PlainTarget): Encoded<BatchEmbedContentsRequest> {
  const losses: Loss[] = []
  const { input, dimensions, user } = asked
  refuseSurplus('input', input.length, quirks, losses)
  refuseTokens(input, losses)
  if (user !== undefined) losses.push(dropped('user', 'The embed-content dialect has no word for it.'))
  const own = ownExtras('embed-content', asked.extras, '', losses)?.requests
  const others: readonly unknown[] = isList(own) ? own : []
  const requests = input.map((each, place) => ({
    ...(isRecord(others[place]) ? (others[place] satisfies Loose) : {}),
    model: model.startsWith('models/') ? model : `models/${model}`,
    content: { parts: [{ text: 'text' in each ? each.text : '' }] },
    ...(dimensions !== undefined && { outputDimensionality: dimensions }),
  }))
  return { body: { model, requests }, losses }
}
