// Images and files in the wire of a dialect: how a part says them, and how it says them in another way.
/** An image or a file as a request names it. */
export interface Attachment {
  readonly kind: 'image' | 'file'
  /** Where it stands, such as `input[0].content[1].file_id`: the field that names it. */
  readonly path: string
  readonly fileId?: string
  readonly url?: string
  /** The content itself, as a data URL or bare base64. */
  readonly data?: string
  readonly filename?: string
}

/** What goes in the place of an attachment: its content as a data URL, or a text. */
export type Replacement = { readonly dataUrl: string; readonly filename: string | undefined } | { readonly text: string }

/** Gives what goes in its place, or nothing where it stays as it is. */
export type Replace = (attachment: Attachment) => Replacement | undefined

export type Part = Readonly<Record<string, unknown>>

/** How one dialect says them. */
export interface Speech {
  /** The field of a part that holds parts itself, as the result of a tool does. */
  nested?(part: Part): string | undefined
  read(part: Part, path: string): Attachment | undefined
  write(part: Part, replacement: Replacement): Part
}

/** A text that says something. */
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

export const isRecord = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The fields that have a value. */
export function facts(kind: Attachment['kind'], path: string, fields: Readonly<Record<string, string | undefined>>): Attachment {
  return { kind, path, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) }
}
