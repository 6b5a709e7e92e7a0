import { GatewayError, type responses } from '@weir/contracts'
import type { Owner } from '../ports/owner.js'
import type { Ports } from '../ports/ports.js'
import { itemsById, readConversationItem } from '../remember/stored-form.js'

type InputItem = responses.InputItem

/**
 * The input with every reference replaced by the item that it names, its hidden replay token included. One that stands in the
 * history, or was named before, is there already and is not said twice: `undefined` keeps its place. Gives the very same list where
 * nothing is referred to. Throws one and the same 404, naming the place, for an item that is unknown, deleted or another owner's.
 * `name` is what the list is called in an error.
 */
export async function dereferenced(
  input: readonly InputItem[],
  history: readonly InputItem[],
  owner: Owner,
  stores: Pick<Ports, 'responses' | 'conversations'>,
  name = 'input',
): Promise<readonly (InputItem | undefined)[]> {
  const wanted = new Set(input.flatMap((item) => referenceOf(item) ?? []))
  if (wanted.size === 0) return input
  const there = new Set(history.map((item) => item.id))
  const found = await findItems(
    [...wanted].filter((id) => !there.has(id)),
    owner,
    stores,
  )
  return input.map((item, place) => {
    const id = referenceOf(item)
    if (id === undefined) return item
    if (there.has(id)) return undefined
    there.add(id)
    const named = found.get(id)
    if (named) return named
    const field = `${name}[${place}].id`
    throw new GatewayError('not_found', { message: `${field}: There is no item "${id.slice(0, 100)}".`, param: field })
  })
}

/** The id of an item reference. Its `type` may be left out, which no message looks like: that has a role. */
function referenceOf(item: InputItem): string | undefined {
  const { type, id } = item as { type?: string | null; id?: string | null }
  if (typeof id !== 'string') return undefined
  return type === 'item_reference' || (type == null && !('role' in item)) ? id : undefined
}

async function findItems(
  ids: readonly string[],
  owner: Owner,
  { responses, conversations }: Pick<Ports, 'responses' | 'conversations'>,
): Promise<ReadonlyMap<string, InputItem>> {
  const found = new Map<string, InputItem>()
  if (ids.length === 0) return found
  const read = new Map<string, ReadonlyMap<string, InputItem>>()
  for (const [id, response] of await responses.holding(owner, ids)) {
    // Many of them lie in one response, which is read once.
    const items = read.get(response.id) ?? itemsById(response)
    read.set(response.id, items)
    const item = items.get(id)
    if (item) found.set(id, item)
  }
  const missing = ids.filter((id) => !found.has(id))
  if (missing.length === 0) return found
  for (const [id, item] of await conversations.holding(owner, missing)) found.set(id, readConversationItem(item))
  return found
}
