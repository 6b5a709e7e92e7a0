import type { Item } from '../canonical/item.js'
import type { ReplayToken } from '../canonical/replay-token.js'
import { isString, known, type Reading } from '../narrow.js'

/** The token of an item. OpenAI has it on reasoning alone; a gateway needs a place for it wherever another dialect has one. */
export function decodeReplay({ take }: Reading): { readonly replay?: ReplayToken } {
  const payload = take('encrypted_content', isString)
  return payload === undefined ? {} : { replay: { dialect: 'responses', payload } }
}

/** The token on the wire, where it is one of this dialect. */
export const encodeReplay = ({ replay }: Pick<Item, 'replay'>): { readonly encrypted_content?: string } =>
  known({ encrypted_content: replay?.dialect === 'responses' ? replay.payload : undefined })

/** Whether such an item has a place for it. */
export const hasReplay = ({ type }: Item): boolean => type === 'reasoning' || type === 'message' || type === 'tool-call'
