import type { moderations as wire } from '@weir/contracts'
import { MalformedAnswer } from '../../dialect.js'
import { extrasOf } from '../../generate/canonical/extras.js'
import { isBoolean, isList, isNumber, isRecord, isString, isStrings, known, taking } from '../../generate/narrow.js'
import type { PlainAnswering } from '../../plain-dialect.js'
import { readPlainUsage, writePlainUsage } from '../../plain-usage.js'
import type { Judgement, Moderated, Moderation } from '../canonical.js'

/** Throws `MalformedAnswer` where there is not one result for each text, or one for all parts. */
export function decodeResponse(wire: unknown, { input }: Moderation): Moderated {
  if (!isRecord(wire) || !isList(wire.results)) throw new MalformedAnswer('The answer has no list of results.')
  const results = wire.results.map(readJudgement)
  const expected = 'texts' in input ? input.texts.length : 1
  if (results.length !== expected) throw new MalformedAnswer(`The answer has ${results.length} results to ${expected} inputs.`)
  const { take, rest } = taking(wire)
  const id = take('id', isString)
  const model = take('model', isString)
  const usage = readPlainUsage(take('usage', isRecord))
  for (const field of ['results', 'provider']) delete rest[field]
  return { results, ...known({ id, model, usage }), ...extrasOf('moderations', rest) }
}

/** Not every server says whether it has flagged anything: then whatever category it names has been. */
function readJudgement(wire: unknown): Judgement {
  if (!isRecord(wire) || !isRecord(wire.categories)) throw new MalformedAnswer('A result has no categories.')
  const categories = entriesOf(wire.categories, isBoolean)
  const flagged = isBoolean(wire.flagged) ? wire.flagged : Object.values(categories).some(Boolean)
  const scores = isRecord(wire.category_scores) ? entriesOf(wire.category_scores, isNumber) : {}
  const types = wire.category_applied_input_types
  return { flagged, categories, scores, ...(isRecord(types) && { appliedTo: entriesOf(types, isStrings) }) }
}

function entriesOf<T>(wire: Readonly<Record<string, unknown>>, is: (value: unknown) => value is T): Record<string, T> {
  return Object.fromEntries(Object.entries(wire).flatMap(([name, value]) => (is(value) ? [[name, value]] : [])))
}

export function encodeResponse(
  { id, model, results, usage, extras }: Moderated,
  _: Moderation,
  answering: PlainAnswering,
): wire.ModerationsResponse {
  return {
    ...extras?.moderations,
    id: id ?? answering.id,
    model: model ?? answering.model,
    results: results.map(({ flagged, categories, scores, appliedTo }) => ({
      flagged,
      categories: { ...categories },
      category_scores: { ...scores },
      ...(appliedTo && { category_applied_input_types: entriesOf(appliedTo, isStrings) }),
    })),
    ...(usage && { usage: writePlainUsage(usage) }),
    provider: answering.provider,
  }
}
