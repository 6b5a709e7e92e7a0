import type { Authenticated, IngressedPlain } from '../exchange.js'
import type { PlainOperation } from '../operations/plain.js'
import { readChecked } from './read-checked.js'

/** Reads the body of what is no turn of a model. Throws as `ingress` does. */
export async function ingressPlain(exchange: Authenticated<PlainOperation>): Promise<IngressedPlain> {
  const { operation, trail } = exchange
  const fields = Object.values(operation.ingress).flatMap(({ fields }) => fields)
  const { entry, checked, labels } = await readChecked(exchange, operation.ingress, new Set(fields))
  const asked = entry.codec.request.decode(checked)
  trail.model = asked.model
  return { ...exchange, ingress: entry, body: checked, asked, ask: { model: asked.model, labels } }
}
