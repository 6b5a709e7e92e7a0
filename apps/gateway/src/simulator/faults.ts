import type { Event } from '@weir/dialects'
import type { Passage } from './byte-stream.js'
import type { Wait } from './step.js'

/** Faults, with what the number behind their name means where they take one: `fault-cut-3`. */
const kinds = {
  /** An error reply of this status. */
  status: 500,
  /** A page of HTML with status 200. */
  html: undefined,
  /** An error object with status 200. */
  'error-200': undefined,
  /** No connection. */
  refused: undefined,
  /** The head never comes. */
  'stall-head': undefined,
  /** The first byte of the body comes after so many milliseconds. */
  'slow-first-token': 1000,
  /** Nothing more comes after so many events. */
  stall: 8,
  /** The connection is cut after so many events. */
  cut: 8,
  /** What is not JSON comes after so many events, and then the rest. */
  malformed: 8,
  /** The closing `[DONE]` is left out. */
  'no-done': undefined,
  /** Lines end with CRLF. */
  crlf: undefined,
  /** Every byte is a chunk of its own. */
  split: undefined,
} as const satisfies Record<string, number | undefined>

export type FaultKind = keyof typeof kinds

export interface Fault {
  readonly kind: FaultKind
  readonly amount: number
}

const statuses = [400, 401, 403, 404, 429, 500, 503]

/** The models that misbehave on purpose. */
export const faultModels: readonly string[] = [
  ...statuses.map((status) => `fault-status-${status}`),
  ...(Object.keys(kinds) as FaultKind[]).filter((kind) => kind !== 'status').map((kind) => `fault-${kind}`),
]

/** The fault that a model's name asks for, or nothing where it asks for none that is known. */
export function faultOf(model: string): Fault | undefined {
  if (!model.startsWith('fault-')) return undefined
  const name = model.slice('fault-'.length)
  if (isKind(name)) return { kind: name, amount: kinds[name] ?? 0 }
  const [, stem = '', digits = ''] = /^(.+)-(\d{1,6})$/.exec(name) ?? []
  if (!isKind(stem) || kinds[stem] === undefined) return undefined
  const amount = Number(digits)
  return stem === 'status' && (amount < 400 || amount > 599) ? undefined : { kind: stem, amount }
}

const isKind = (name: string): name is FaultKind => Object.hasOwn(kinds, name)

/** What befalls a stream beside its events: the wire falls silent, breaks, or carries what is not a frame of the dialect. */
export type Mishap = { readonly type: 'stall' } | { readonly type: 'cut' } | { readonly type: 'garbage'; readonly data: string }

/** Lets a fault strike a stream: after so many events, and at the latest before it would end well. */
export function* strike(utterances: Iterable<Event | Wait>, { kind, amount }: Fault): Generator<Event | Wait | Mishap> {
  let mishap = mishapOf(kind)
  if (kind === 'slow-first-token') yield { type: 'wait', milliseconds: amount }
  let passed = 0
  for (const utterance of utterances) {
    if (mishap && (passed === amount || ['usage', 'turn-end', 'error'].includes(utterance.type))) {
      yield mishap
      mishap = undefined
    }
    yield utterance
    if (utterance.type !== 'wait') passed++
  }
}

/** The same for an answer in one piece: half of it comes before the fault. */
export function* strikeWhole(text: string | Uint8Array, fault: Fault | undefined): Generator<Passage> {
  const half = text.slice(0, text.length >> 1)
  switch (fault?.kind) {
    case 'stall':
    case 'cut':
      yield half
      yield { type: fault.kind }
      break
    case 'malformed':
      yield half
      break
    case 'slow-first-token':
      yield { type: 'wait', milliseconds: fault.amount }
      yield text
      break
    default:
      yield text
  }
}

function mishapOf(kind: FaultKind): Mishap | undefined {
  if (kind === 'stall' || kind === 'cut') return { type: kind }
  return kind === 'malformed' ? { type: 'garbage', data: '{"simulated": nonsense' } : undefined
}
