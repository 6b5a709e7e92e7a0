import type { Ask } from '../../exchange.js'

/** What no caller of a dialect without state can ask. */
export const stateless: Pick<Ask, 'background' | 'previousResponseId' | 'conversation' | 'truncates' | 'compaction' | 'include'> =
  {
    background: false,
    previousResponseId: undefined,
    conversation: undefined,
    truncates: false,
    compaction: undefined,
    include: [],
  }
