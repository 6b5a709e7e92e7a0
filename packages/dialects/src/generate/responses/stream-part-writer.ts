import type { Annotation, LogProb } from '@weir/contracts'
import type { SseFrame } from '../../dialect.js'
import { gatherText } from '../canonical/gather-text.js'
import type { FrameWriter } from './stream-frames.js'

type Emit = (frame: SseFrame) => void

/** A part of a message (`text`, `refusal`) or of reasoning (`summary`, `content`). */
export type PartKind = 'text' | 'refusal' | 'summary' | 'content'

/** Writes the frames of one part. */
export interface PartWriter {
  start(emit: Emit): void
  delta(text: string, logprobs: readonly LogProb[] | undefined, emit: Emit): void
  annotate(annotation: Annotation, emit: Emit): void
  annotations(): number
  /** Ends it once, with the text as it is known to be, or as its deltas gave it. A part without a delta gets one first. */
  end(whole: { readonly text: string; readonly wire?: object } | undefined, emit: Emit): void
}

interface Names {
  readonly index: 'content_index' | 'summary_index'
  readonly begin: string
  readonly delta: string
  readonly end: string
  readonly last: string
  /** What the part is called inside an item, and where its text stands there. */
  readonly type: string
  readonly field: 'text' | 'refusal'
}

const content = { index: 'content_index', begin: 'response.content_part.added', last: 'response.content_part.done' } as const

const names: Readonly<Record<PartKind, Names>> = {
  text: { ...content, delta: 'response.output_text.delta', end: 'response.output_text.done', type: 'output_text', field: 'text' },
  refusal: { ...content, delta: 'response.refusal.delta', end: 'response.refusal.done', type: 'refusal', field: 'refusal' },
  content: {
    ...content,
    delta: 'response.reasoning_text.delta',
    end: 'response.reasoning_text.done',
    type: 'reasoning_text',
    field: 'text',
  },
  summary: {
    index: 'summary_index',
    begin: 'response.reasoning_summary_part.added',
    last: 'response.reasoning_summary_part.done',
    delta: 'response.reasoning_summary_text.delta',
    end: 'response.reasoning_summary_text.done',
    type: 'summary_text',
    field: 'text',
  },
}

export interface PartPlace {
  readonly kind: PartKind
  /** Its place among the parts of its list. */
  readonly index: number
  /** The item's place, as JSON for deltas and as fields for the rest. */
  readonly place: string
  readonly item: object
  readonly frames: FrameWriter
}

export function partWriter({ kind, index, place, item, frames }: PartPlace): PartWriter {
  const name = names[kind]
  const fields = { ...item, [name.index]: index }
  const prefix = `${place},"${name.index}":${index}`
  const annotations: Annotation[] = []
  const logprobs: LogProb[] = []
  const told = gatherText()
  let any = false
  let ended = false

  const wire = (said: string): object => ({
    type: name.type,
    [name.field]: said,
    ...(kind === 'text' && { annotations, logprobs }),
  })

  function delta(piece: string, of: readonly LogProb[] | undefined, emit: Emit): void {
    any = true
    told.add(piece)
    if (kind !== 'text') return emit(frames.delta(name.delta, prefix, piece, ''))
    if (!of) return emit(frames.delta(name.delta, prefix, piece, ',"logprobs":[]'))
    logprobs.push(...of)
    emit(frames.delta(name.delta, prefix, piece, `,"logprobs":${JSON.stringify(of)}`))
  }

  return {
    start(emit) {
      emit(frames.event(name.begin, { ...fields, part: wire('') }))
    },
    delta,
    annotate(annotation, emit) {
      const added = { ...fields, annotation_index: annotations.length, annotation }
      annotations.push(annotation)
      emit(frames.event('response.output_text.annotation.added', added))
    },
    annotations: () => annotations.length,
    end(whole, emit) {
      if (ended) return
      const text = told.text()
      const said = whole?.text ?? text
      // At least one delta, and all of it: some clients read deltas only.
      if (!any || (said.length > text.length && said.startsWith(text))) delta(said.slice(text.length), undefined, emit)
      ended = true
      emit(frames.event(name.end, { ...fields, [name.field]: said, ...(kind === 'text' && { logprobs }) }))
      emit(frames.event(name.last, { ...fields, part: whole?.wire ?? wire(said) }))
    },
  }
}
