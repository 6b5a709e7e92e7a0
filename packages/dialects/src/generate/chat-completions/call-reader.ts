import { callIdOf } from '../call-id-of.js'
import type { Event } from '../canonical/event.js'
import { extrasOf } from '../canonical/extras.js'
import { isRecord, type Loose, taking } from '../narrow.js'
import type { OpenItem, OpenItems } from '../open-items.js'
import { argumentsText } from './tool-calls.js'

type Emit = (event: Event) => void

interface Call {
  readonly index: unknown
  readonly id: string
  readonly kind: 'function' | 'custom'
  readonly extras: Loose
  name: string
  /** What came before the name. */
  pending: string
  item: OpenItem | undefined
}

/** The calls of one choice, told apart by their `index`. */
export interface CallReader {
  /** The item of this call, once its name is known. */
  read(wire: Loose, emit: Emit): OpenItem | undefined
  /** Begins the calls that never got a name; gives the last of them. */
  end(emit: Emit): OpenItem | undefined
}

export function callReader(place: { readonly choice?: number }, items: OpenItems): CallReader {
  const calls: Call[] = []

  function begin(call: Call, emit: Emit): OpenItem {
    const { id, kind, name, extras, pending } = call
    const item = items.open(
      {
        type: 'tool-call',
        kind,
        status: 'in_progress',
        ...place,
        name,
        callId: callIdOf(id),
        arguments: '',
        ...extrasOf('chat-completions', extras),
      },
      emit,
    )
    call.item = item
    if (pending) add(item, pending, emit)
    return item
  }

  function add(item: OpenItem, text: string, emit: Emit): void {
    const event: Event = { type: 'arguments-delta', item: item.number, text }
    item.assembly.add(event)
    emit(event)
  }

  /** The call that a delta goes on with. */
  function goesOn(wire: Loose, name: unknown): Call | undefined {
    const { index, id } = wire
    if (typeof index === 'number') {
      const call = calls.at(-1)?.index === index ? calls.at(-1) : calls.findLast((each) => each.index === index)
      // Some servers give every call the index 0: a new id together with a name begins a new call.
      return call && id && call.id && id !== call.id && name ? undefined : call
    }
    if (id) return calls.find((each) => each.id === id)
    return name ? undefined : calls.at(-1)
  }

  return {
    read(wire, emit) {
      const kind = isRecord(wire.custom) ? 'custom' : 'function'
      const called = wire[kind]
      const name = isRecord(called) ? called.name : undefined
      const text = isRecord(called) ? argumentsText(kind === 'custom' ? called.input : called.arguments) : ''
      let call = goesOn(wire, name)
      if (!call) {
        const { index, id, type: _, function: __, custom: ___, ...rest } = wire
        call = {
          index,
          id: typeof id === 'string' ? id : '',
          kind,
          extras: taking(rest).rest,
          name: '',
          pending: '',
          item: undefined,
        }
        calls.push(call)
      }
      if (call.item) {
        if (text) add(call.item, text, emit)
        return call.item
      }
      call.pending += text
      if (typeof name !== 'string' || name === '') return undefined
      call.name = name
      return begin(call, emit)
    },
    end(emit) {
      let last: OpenItem | undefined
      for (const call of calls) if (!call.item) last = begin(call, emit)
      return last
    },
  }
}
