// The part of busboy 1.6 that is used here; it brings no types of its own.
declare module 'busboy' {
  import type { IncomingHttpHeaders } from 'node:http'
  import type { Readable, Writable } from 'node:stream'

  interface Options {
    readonly headers: IncomingHttpHeaders
    readonly defParamCharset: 'utf8'
    readonly limits: Readonly<Record<'fieldNameSize' | 'fieldSize' | 'fields' | 'files' | 'parts', number>>
  }

  interface FieldFacts {
    readonly nameTruncated: boolean
    readonly valueTruncated: boolean
  }

  interface FileFacts {
    /** Without a path; absent where the part has no name for it. */
    readonly filename?: string
    readonly mimeType: string
  }

  interface Parser extends Writable {
    on(event: 'field', listener: (name: string | undefined, value: string, facts: FieldFacts) => void): this
    on(event: 'file', listener: (name: string | undefined, content: Readable, facts: FileFacts) => void): this
    on(event: 'filesLimit' | 'fieldsLimit' | 'partsLimit' | 'close', listener: () => void): this
    on(event: 'error', listener: (error: Error) => void): this
  }

  export default function busboy(options: Options): Parser
}
