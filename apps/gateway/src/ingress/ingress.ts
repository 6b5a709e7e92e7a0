import { mintId } from '@weir/contracts'
import type { Generation } from '@weir/dialects'
import type { Ask, Authenticated, Ingressed } from '../exchange.js'
import { generate } from '../operations/generate.js'
import type { IngressDialect } from '../operations/operation.js'
import { readChecked } from './read-checked.js'

// Of every dialect at once: a field of one of them may well be understood by an upstream that speaks another.
const knownFields: ReadonlySet<string> = new Set(Object.values(generate.ingress).flatMap(({ fields }) => fields))

/**
 * Reads the body of a known caller and checks it. Throws what `readBody` throws, and 400 naming the field for a body that has
 * two meanings, a wrong type in a known field, or asks for what is not here yet.
 */
export async function ingress(exchange: Authenticated): Promise<Ingressed> {
  const { trail } = exchange
  const { entry, checked, labels } = await readChecked(exchange, exchange.operation.ingress, knownFields)
  const { body, ask: read } = entry.read(checked)
  const ask: Ask = { ...read, labels }
  // The response's id is Weir's own from the beginning, whatever the upstream will call it.
  if (entry.stateful || ask.store) trail.responseId = exchange.job?.id ?? mintId('response')
  trail.model = ask.model
  trail.stream = exchange.job?.stream ?? ask.stream
  return { ...exchange, dialect: entry.codec.name, ingress: entry, ask, ...asking(entry, body) }
}

/** A body, and what it asks in the canonical form: one memo of it, so that whoever looks sees the same. */
export function asking(entry: IngressDialect, body: object): Pick<Ingressed, 'body' | 'asked'> {
  let generation: Generation | undefined
  return { body, asked: () => (generation ??= entry.codec.request.decode(body)) }
}
