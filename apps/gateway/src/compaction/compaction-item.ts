// What is in a compaction item: the words that stand for a conversation, and the few of its items that words cannot stand for.
import { mintId, type context, type responses } from '@weir/contracts'
import type { Owner } from '../ports/owner.js'
import type { Seal } from '../ports/seal.js'

export interface Compaction {
  /** What was ordered: messages of the system and the developer, as they were. */
  readonly before: readonly responses.InputItem[]
  /** The model's own summary. */
  readonly summary: string
  /** What has to follow as it was: calls that wait for their output, or the newest turn. */
  readonly after: readonly responses.InputItem[]
  /** Whether it stands for everything before it, wherever that is still there, and not beside what was kept of it. */
  readonly whole: boolean
}

// Bound to the owner: another's item does not open, and reads like one that was altered.
const purpose = ({ tenant, subject }: Owner): string => JSON.stringify(['compaction', tenant, subject])

export function sealCompaction(compaction: Compaction, owner: Owner, seal: Seal): context.CompactionItem {
  return {
    type: 'compaction',
    id: mintId('compaction'),
    encrypted_content: seal.seal(JSON.stringify(compaction), purpose(owner)),
  }
}

/** What a compaction item stands for; `undefined` where this installation did not make it for this owner. */
export function openCompaction(
  { encrypted_content: sealed }: responses.HostedItem,
  owner: Owner,
  seal: Seal,
): { readonly items: responses.InputItem[]; readonly whole: boolean } | undefined {
  const opened = typeof sealed === 'string' ? seal.open(sealed, purpose(owner)) : undefined
  if (opened === undefined) return undefined
  const { before, summary, after, whole } = JSON.parse(opened) as Compaction
  const items: responses.InputItem[] = [
    ...before,
    { type: 'message', role: 'user', content: `${heading}\n\n${summary}` },
    ...after,
  ]
  return { items, whole }
}

// A user's message and not a developer's: what it says came from tools and users, and must not be obeyed as more than that.
const heading = 'The conversation up to here was made short. This is the summary of it that you wrote:'

/** Whether this is the summary of an opened item, which no user said. */
export const isSummary = ({ role, content }: responses.InputMessage): boolean =>
  role === 'user' && typeof content === 'string' && content.startsWith(heading)
