import { GatewayError } from '@weir/contracts'
import type * as z from 'zod'
import type { Authenticated } from '../exchange.js'
import type { Operation } from '../operations/operation.js'
import { labels as readLabels } from './labels.js'
import { assertOneMeaning } from './one-meaning.js'
import { parse } from './parse.js'

interface Checked<Entry> {
  /** The language that the caller speaks. */
  readonly entry: Entry
  readonly checked: object
  readonly labels: Readonly<Record<string, string>>
}

/**
 * Reads the body of a known caller, in whichever of these dialects it speaks, and the labels in its head. Throws what `readBody` throws,
 * and 400 naming the field for a body that has two meanings or a wrong type in a known field.
 */
export async function readChecked<Entry extends { readonly schema: z.ZodType<object> }>(
  { trail, dialect, head, readBody }: Authenticated<Operation>,
  dialects: Readonly<Record<string, Entry>>,
  knownFields: ReadonlySet<string>,
): Promise<Checked<Entry>> {
  const labels = readLabels(head)
  trail.metadata = labels
  const raw: unknown = await readBody()
  const entry = dialects[dialect]
  if (!entry) throw new GatewayError('not_found')
  if (raw !== null && typeof raw === 'object') assertOneMeaning(raw, knownFields)
  return { entry, checked: parse(entry.schema, raw), labels }
}
