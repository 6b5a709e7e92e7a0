// The dialects of what is no turn of a model: a request, and an answer in one piece.
import type { GatewayError } from '@weir/contracts'
import type { ErrorReply } from './dialect.js'
import type { Encoded } from './generate/canonical/loss.js'
import type { UpstreamFailure } from './generate/canonical/response.js'
import type { Usage } from './generate/canonical/usage.js'

export type PlainDialectName = 'embeddings' | 'embed-content' | 'rerank' | 'moderations' | 'speech'

/** Who is spoken to, as data: the model by the name that the upstream knows it by. */
export interface PlainTarget {
  readonly model: string
  readonly quirks?: PlainQuirks
}

/** How a server differs from the dialect that it speaks. Each is named for what it changes, never for a provider. */
export interface PlainQuirks {
  /** Fields that the server rejects, by their name on the wire: left out as declared losses. */
  readonly rejects?: readonly string[]
  /** The server takes no more inputs, or documents, in one request. */
  readonly mostInputs?: number
  /** The server takes texts alone: no tokens, no documents of several fields, no images. */
  readonly textsOnly?: boolean
  /** Embed: the server gives numbers alone, and rejects the field by which base64 is asked for. */
  readonly numbersOnly?: boolean
  /** Embeddings: the field that says how long a vector shall be, where it is not `dimensions`. */
  readonly dimensionsField?: string
  /** Speak: the server says no more characters at once. */
  readonly mostCharacters?: number
}

/** What every answer may have, whatever was asked. */
export interface PlainAnswer {
  /** The id that its maker gave it. */
  readonly id?: string
  /** The model that answered, as its maker calls it. */
  readonly model?: string
  readonly usage?: Usage
}

/** Facts about an answer that its maker does not know. */
export interface PlainAnswering {
  /** An id for answers that have none of their own. */
  readonly id: string
  /** The model that answers, by the name that its account knows it by. */
  readonly model: string
  /** The account that answers, shown as `provider`. */
  readonly provider: string
}

/** Fields that one dialect alone knows, under its name: put back by it, and a declared loss to any other. */
export type PlainExtras = { readonly [D in PlainDialectName]?: { readonly [field: string]: unknown } }

/** A dialect as callers speak it. */
export interface PlainIngressFace<Asked, Given, Request, Response> {
  readonly name: PlainDialectName
  readonly request: { decode(wire: Request): Asked }
  readonly response: { encode(given: Given, asked: Asked, answering: PlainAnswering): Response }
  readonly error: { encode(error: GatewayError): ErrorReply }
}

/** A dialect as upstreams speak it. */
export interface PlainUpstreamFace<Asked, Given, Request> {
  readonly name: PlainDialectName
  readonly request: { encode(asked: Asked, target: PlainTarget): Encoded<Request> }
  /** Where a request goes, below a base URL, and what of it is sent. */
  address(request: Request): { readonly path: string; readonly body: object }
  readonly response: {
    /** Throws `MalformedAnswer` for what is not an answer to what was asked. */
    decode(wire: unknown, asked: Asked): Given
  }
  readonly error: { decode(status: number, body: unknown): UpstreamFailure }
}

/** A dialect with its two faces: a plain object of pure functions. */
export type PlainDialect<Asked, Given, Request, Response> = PlainIngressFace<Asked, Given, Request, Response> &
  PlainUpstreamFace<Asked, Given, Request>

/** A dialect whose answers are bytes, such as speech, with its two faces: the bytes pass as they come. */
export interface BytesDialect<Asked, Request> {
  readonly name: PlainDialectName
  readonly request: {
    decode(wire: Request): Asked
    encode(asked: Asked, target: PlainTarget): Encoded<Request>
  }
  address(request: Request): { readonly path: string; readonly body: object }
  /** What the bytes are, where their server does not say it. */
  mediaType(asked: Asked): string
  readonly error: {
    encode(error: GatewayError): ErrorReply
    decode(status: number, body: unknown): UpstreamFailure
  }
}
