// The languages of the simulator, by the URLs under which they are spoken.
import {
  chatCompletions,
  converse,
  encodeAwsEventStream,
  encodeSse,
  generateContent,
  messages,
  responses,
  type Dialect,
  type SseFrame,
} from '@weir/dialects'

/** A dialect as a server speaks it. */
export type SpokenDialect = Dialect<object, object, SseFrame>

/** A dialect at one URL. */
export interface Spoken {
  readonly dialect: SpokenDialect
  /** What the URL says of the request. */
  readonly says: object
  readonly streamType: string
  /** A frame of a stream as it goes over the wire. */
  readonly write: (frame: SseFrame) => string | Uint8Array
}

const overSse = (dialect: SpokenDialect, says: object = {}): Spoken => ({
  dialect,
  says,
  streamType: 'text/event-stream; charset=utf-8',
  write: encodeSse,
})

const plain: Readonly<Record<string, SpokenDialect>> = {
  '/responses': responses,
  '/chat/completions': chatCompletions,
  '/messages': messages,
}

/** What is spoken at this path; nothing where nobody answers. */
export function spokenAt(pathname: string): Spoken | undefined {
  const known = Object.hasOwn(plain, pathname) ? plain[pathname] : undefined
  if (known) return overSse(known)
  const [, content, verb] = /^\/models\/(.+):(generateContent|streamGenerateContent)$/.exec(pathname) ?? []
  if (content !== undefined)
    return overSse(generateContent, { model: decodeURIComponent(content), stream: verb === 'streamGenerateContent' })
  const [, model, kind] = /^\/model\/([^/]+)\/(converse|converse-stream)$/.exec(pathname) ?? []
  if (model === undefined) return undefined
  return {
    dialect: converse,
    says: { model: decodeURIComponent(model), stream: kind === 'converse-stream' },
    streamType: 'application/vnd.amazon.eventstream',
    // What is no frame of the dialect goes as the data of one.
    write: ({ event = 'contentBlockDelta', data }) => encodeAwsEventStream({ event, data }),
  }
}
