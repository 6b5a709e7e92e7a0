import { mintId, type responses } from '@weir/contracts'
import { responses as dialect } from '@weir/dialects'
import { countItems } from '../tokens/count.js'
import { isSummary } from './compaction-item.js'
import type { Tokenizer } from '../tokens/tokenizer.js'

/** Tokens of user messages that are kept word for word. What is older is in the summary only. */
const mostTokens = 20_000

/**
 * The user's messages as they were, oldest first: the newest ones that together have no more than 20,000 tokens, and the very
 * newest whatever its size.
 */
export async function userMessages(
  items: readonly responses.InputItem[],
  tokenizer: Tokenizer,
): Promise<responses.InputMessage[]> {
  const messages = items.filter(isUsers)
  const counts = await countItems(dialect.request.decode({ model: '', input: messages }).items, tokenizer)
  let left = mostTokens
  let from = messages.length
  while (from > 0) {
    left -= counts[from - 1] ?? 0
    if (left < 0 && from < messages.length) break
    from--
  }
  return messages.slice(from).map(complete)
}

const isUsers = (item: responses.InputItem): item is responses.InputMessage =>
  (item.type ?? 'message') === 'message' &&
  (item as responses.InputMessage).role === 'user' &&
  !isSummary(item as responses.InputMessage)

/** With the id, the status and the parts that an item of an answer has. */
function complete({ id, content, ...rest }: responses.InputMessage): responses.InputMessage {
  return {
    ...rest,
    type: 'message',
    id: id ?? mintId('message'),
    status: 'completed',
    content: typeof content === 'string' ? [{ type: 'input_text', text: content }] : content,
  }
}
