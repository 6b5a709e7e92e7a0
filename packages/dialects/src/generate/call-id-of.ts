import { mintId } from '@weir/contracts'
import { isString } from './narrow.js'

/** A caller must be able to send an id back, and the API takes no longer one. Servers that hide a token in an id go beyond it. */
export const longestCallId = 64

/** The id by which a call of an answer is known: the provider's own or, where nobody could send that back, another one. */
export const callIdOf = (id: unknown, other: () => string = () => mintId('call')): string =>
  isString(id) && id !== '' && id.length <= longestCallId ? id : other()
