// A conversation as turns, and the newest of them as steps: what may be left out of it, and what has to stay together.
import type { responses } from '@weir/contracts'
import { isSummary } from './compaction-item.js'

type Item = responses.InputItem
/** Places of items in the conversation, ascending. */
export type Places = readonly number[]

export interface Turns {
  /** What holds for the whole conversation: messages of the system and the developer, their tools, and compaction items. */
  readonly standing: Places
  /** The older turns, then the older steps of the newest turn: oldest first. Each is to be left out whole, and none before the last. */
  readonly older: readonly Places[]
  /** The last words of the user and the last step after them, with whatever has to stay with these. */
  readonly newest: Places
}

interface Unit {
  readonly places: number[]
  readonly turn: number
  /** Whether it is the words of a user that begin a turn. */
  readonly question: boolean
}

/**
 * A turn begins with words of a user and ends before the next ones. A step is what a model said and did in one go, with the
 * outputs of its tools. A call is never apart from its output, wherever the two stand, nor from the reasoning of its step.
 */
export function turnsOf(items: readonly Item[]): Turns {
  const standing: number[] = []
  const units: Unit[] = []
  let last: Side | undefined
  for (const [place, item] of items.entries()) {
    const side = sideOf(item)
    if (side === 'standing') {
      standing.push(place)
      continue
    }
    const latest = units.at(-1)
    const question = side === 'user' && last !== 'user'
    // What an earlier compaction says is no question, and ends where the turn after it begins.
    const turns = question || side === 'summary'
    const step = last === 'summary' || (side === 'model' && last !== 'model')
    if (latest && !turns && !step) latest.places.push(place)
    else units.push({ places: [place], turn: (latest?.turn ?? 0) + (turns ? 1 : 0), question: side === 'user' })
    last = side
  }
  const newestTurn = units.at(-1)?.turn
  // An older turn goes as a whole: its steps would make no sense without its question.
  const groups: number[][] = []
  for (const [place, { turn, places }] of units.entries()) {
    const open = groups.at(-1)
    if (open && turn !== newestTurn && units[place - 1]?.turn === turn) append(open, places)
    else groups.push([...places])
  }
  const keep = new Set(units.flatMap((unit, place) => (isKept(unit, place) ? unit.places : [])))
  const older: Places[] = []
  const newest: number[] = []
  for (const places of joined(groups, items)) {
    if (places.some((place) => keep.has(place))) append(newest, places)
    else older.push(places)
  }
  return { standing, older, newest: newest.toSorted(ascending) }

  function isKept({ turn, question }: Unit, place: number): boolean {
    return turn === newestTurn && (question || place === units.length - 1)
  }
}

/** The groups, those of them made one that hold parts of the same call. In the order of their first places. */
function joined(groups: readonly Places[], items: readonly Item[]): Places[] {
  // Union-find: a caller's call ids may all be the same one, and that must not take quadratic time.
  const parents = groups.map((_, group) => group)
  const rootOf = (group: number): number => {
    let root = group
    for (let above = parents[root]; above !== undefined && above !== root; above = parents[root]) {
      parents[root] = parents[above] ?? above
      root = above
    }
    return root
  }
  const groupOf = new Map<string, number>()
  for (const [group, places] of groups.entries())
    for (const place of places) {
      const id = callIdOf(items[place])
      if (id === undefined) continue
      const other = groupOf.get(id)
      if (other === undefined) groupOf.set(id, group)
      else parents[rootOf(group)] = rootOf(other)
    }
  const whole = new Map<number, number[]>()
  for (const [group, places] of groups.entries()) {
    const root = rootOf(group)
    const together = whole.get(root)
    if (together) append(together, places)
    else whole.set(root, [...places])
  }
  return [...whole.values()].map((places) => places.toSorted(ascending))
}

// Not by spreading: a list of a million arguments is more than a call takes.
function append(to: number[], places: Places): void {
  for (const place of places) to.push(place)
}

const ascending = (one: number, other: number): number => one - other

type Side = 'standing' | 'summary' | 'user' | 'model' | 'output'

const standingTypes = new Set(['additional_tools', 'configuration_update', 'compaction', 'compaction_trigger'])

function sideOf(item: Item): Side {
  const type = item.type ?? 'message'
  if (type === 'message') {
    const message = item as responses.InputMessage
    if (isSummary(message)) return 'summary'
    const { role } = message
    return role === 'user' ? 'user' : role === 'assistant' ? 'model' : 'standing'
  }
  if (standingTypes.has(type)) return 'standing'
  return isOutput(type) ? 'output' : 'model'
}

const isOutput = (type: string): boolean => type.endsWith('_output') || type === 'mcp_approval_response'

/** What a call and its output, or a question for approval and its answer, have in common. */
function callIdOf(item: Item | undefined): string | undefined {
  const { type, id, call_id: call, approval_request_id: approval } = (item ?? {}) as Readonly<Record<string, unknown>>
  const shared = call ?? approval ?? (type === 'mcp_approval_request' ? id : undefined)
  return typeof shared === 'string' ? shared : undefined
}

/** The calls of a conversation that wait for their output, with the step in which they were made. */
export function waiting(items: readonly Item[]): Places {
  const answered = new Set(items.flatMap((item) => (isOutput(item.type ?? '') ? (callIdOf(item) ?? []) : [])))
  const waits = (place: number): boolean => {
    const item = items[place]
    const id = callIdOf(item)
    return id !== undefined && !isOutput(item?.type ?? '') && !answered.has(id)
  }
  const together = new Set<number>()
  for (const place of items.keys()) {
    if (together.has(place) || !waits(place)) continue
    let from = place
    while (from > 0 && sideAt(items, from - 1) === 'model') from--
    let to = place
    while (sideAt(items, to + 1) === 'model') to++
    while (sideAt(items, to + 1) === 'output') to++
    for (let each = from; each <= to; each++) together.add(each)
  }
  return [...together].toSorted(ascending)
}

function sideAt(items: readonly Item[], place: number): Side | undefined {
  const item = items[place]
  return item && sideOf(item)
}
