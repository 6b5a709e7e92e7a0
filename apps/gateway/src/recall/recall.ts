import type { responses } from '@weir/contracts'
import type { Ingressed, Recalled } from '../exchange.js'
import { asking } from '../ingress/ingress.js'
import type { Ports } from '../ports/ports.js'
import { assertCallsKnown } from './calls.js'
import { called } from './called.js'
import { earlier, type Earlier } from './earlier.js'
import { namedFiles } from './files.js'
import { dereferenced } from './references.js'

/**
 * Gathers what the model is to know beside this turn's own words: every item of the turns before it, and the items that it
 * refers to by id, of this owner only. Instructions are not inherited. Throws 404 for what is unknown, deleted or another
 * owner's, which all read the same, and 400 for the output of a tool call that nobody made.
 */
export async function recall(
  exchange: Ingressed,
  ports: Pick<Ports, 'responses' | 'conversations' | 'files' | 'calls' | 'seal'>,
): Promise<Recalled> {
  const own = { named: await namedFiles(exchange, ports), called: await called(exchange, ports) }
  if (!exchange.ingress.stateful) return { ...exchange, ...nothing, ...own }
  const before = { ...(await earlier(exchange, ports)), ...own }
  const { input } = exchange.body as responses.ResponsesRequest
  if (!Array.isArray(input)) return { ...exchange, ...before }
  const items = await dereferenced(input, before.history, exchange.caller, ports)
  assertCallsKnown(before.history, items)
  if (items === input) return { ...exchange, ...before }
  const body = { ...exchange.body, input: items.filter((item) => item !== undefined) }
  return { ...exchange, ...before, ...asking(exchange.ingress, body) }
}

const nothing: Earlier = { history: [], bookmark: undefined }
