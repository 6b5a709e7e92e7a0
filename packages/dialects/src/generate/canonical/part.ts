import type { Annotation, LogProb } from '@weir/contracts'
import type { DialectName } from '../../dialect.js'
import type { CacheMark } from './cache-mark.js'
import type { Extras } from './extras.js'

/** A piece of a message or of a tool's result. */
export type Part = TextPart | RefusalPart | ImagePart | FilePart | AudioPart | ForeignPart

interface PartBase {
  /** The prompt is worth keeping up to the end of this part. */
  readonly cache?: CacheMark
  readonly extras?: Extras
}

export interface TextPart extends PartBase {
  readonly type: 'text'
  readonly text: string
  readonly annotations?: readonly Annotation[]
  readonly logprobs?: readonly LogProb[]
  /** It is JSON that stood on the wire as a value. Form only: whoever knows no difference sends the text, without loss. */
  readonly json?: true
}

export interface RefusalPart extends PartBase {
  readonly type: 'refusal'
  readonly refusal: string
}

/** An image by exactly one of `url` (https: or data:, verbatim) and `fileId`. */
export interface ImagePart extends PartBase {
  readonly type: 'image'
  readonly url?: string
  readonly fileId?: string
  readonly detail?: string
}

/** A file by one of `data` (base64 or a data: URL, verbatim), `url` and `fileId`. */
export interface FilePart extends PartBase {
  readonly type: 'file'
  readonly data?: string
  readonly url?: string
  readonly fileId?: string
  readonly filename?: string
}

/** Sound as base64, with the name of its format (`wav`, `mp3`). */
export interface AudioPart extends PartBase {
  readonly type: 'audio'
  readonly data: string
  readonly format: string
}

/** A part newer than the code; survives in its own dialect and is a declared loss in every other. */
export interface ForeignPart extends PartBase {
  readonly type: 'foreign'
  readonly dialect: DialectName
  readonly wire: { readonly type?: string }
}
