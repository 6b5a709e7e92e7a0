import type { GatewayError } from '@weir/contracts'
import type { Event } from './generate/canonical/event.js'
import type { Encoded } from './generate/canonical/loss.js'
import type { Generation } from './generate/canonical/request.js'
import type { Generated, UpstreamFailure } from './generate/canonical/response.js'
import type { Reader } from './reader.js'

/** The wire languages. A dialect is not a provider: dozens of providers speak these. `completions` is for callers alone. */
export type DialectName = 'responses' | 'chat-completions' | 'messages' | 'generate-content' | 'converse' | 'completions'

/** Who is spoken to, as data: encoders read it, and nothing edits a wire body after losses are counted. */
export interface Target {
  /** The model's name as the upstream knows it. */
  readonly model: string
  readonly quirks?: Quirks
}

/** How a server differs from the dialect that it speaks. Each is named for what it changes, never for a provider. */
export interface Quirks {
  /** Chat: send `max_tokens` where OpenAI has moved on to `max_completion_tokens`. */
  readonly legacyMaxTokens?: boolean
  /** Chat: the server knows no `developer` role; send `system`. */
  readonly noDeveloperRole?: boolean
  /** Chat: the server rejects `stream_options`; usage of a stream is then estimated. */
  readonly noStreamUsage?: boolean
  /** Chat: the field in which earlier reasoning goes back, where the server takes it at all. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning'
  /** Chat: the efforts of reasoning that the server knows, where it refuses others: the nearest goes, as a declared loss. */
  readonly efforts?: readonly string[]
  /** The server fetches nothing: images and files go to it as data. */
  readonly noUrls?: boolean
  /** Chat: the server takes no file parts. What is text goes as text; any other file is a declared loss. */
  readonly noFiles?: boolean
  /** Parameters that the server rejects, by their name on the wire (`logit_bias`): left out as declared losses. */
  readonly rejects?: readonly string[]
  /** Responses: the chat parameters that this server takes on /responses too (`stop`, `seed`, …). */
  readonly accepts?: readonly string[]
  /** Responses, GenerateContent, Converse: the server takes the text of earlier reasoning back, not its issuer's token alone. */
  readonly rawReasoning?: boolean
  /** Chat: the server understands `custom` tools and grammars, which others get as functions. */
  readonly customTools?: boolean
  /**
   * The type of the tool by which the server searches the web by itself. Chat: its settings stand under `parameters`. Messages: a
   * version of the tool, such as `web_search_20250305`. GenerateContent: the field of that tool (`googleSearch`), which is not given
   * beside functions.
   */
  readonly webSearch?: string
  /** Chat: the server understands the tool choice `allowed_tools`; others are shown the allowed tools only. */
  readonly allowedTools?: boolean
  /** Messages, GenerateContent: the model thinks within a budget of tokens and knows no effort. */
  readonly thinkingBudget?: boolean
  /** Messages: the model cannot be kept from thinking, and so no call can be forced. */
  readonly alwaysThinks?: boolean
  /** Messages: the model takes system messages amid a conversation, behind a message of the user. */
  readonly systemMessages?: boolean
  /** Messages: the model holds neither its answer nor its calls to a schema. */
  readonly noSchemas?: boolean
  /**
   * Converse: where the model takes an effort of reasoning. `output-config`: in the field of that name. The others are Anthropic's
   * `thinking`, among the additional fields: `adaptive-thinking` with the effort beside it, `thinking-budget` as so many tokens.
   */
  readonly effortAs?: 'output-config' | 'adaptive-thinking' | 'thinking-budget'
  /**
   * Messages, where a limit has to be said (32,000 by default), and Converse, where silence would reserve the model's own against the
   * quota: the most tokens of an answer whose caller named no limit.
   */
  readonly defaultMaxTokens?: number
  /** Converse: the model can be held to the schema of a `strict` tool. */
  readonly strictTools?: boolean
  /** GenerateContent: what stands for the signature of a call that the model has not signed, where it refuses one without. */
  readonly unsignedCalls?: string
  /** GenerateContent: the result of a function holds no images and files; they follow it in the same content. */
  readonly plainResults?: boolean
  /** GenerateContent: an answer has no format of its own where functions may be called. */
  readonly noFormatWithTools?: boolean
  /** GenerateContent: the server takes the name of a file beside its data. */
  readonly fileNames?: boolean
}

/** An error as it leaves: the status, and a body in the form of the dialect. */
export interface ErrorReply {
  readonly status: number
  readonly body: object
}

/** One server-sent event, whole: the payload is text, be it JSON or a marker such as `[DONE]`. */
export interface SseFrame {
  readonly event?: string
  readonly data: string
}

/** Facts about an answer that its maker does not know, given to an encoder of answers. */
export interface Answering {
  /** What was asked. Encoders echo it. */
  readonly asked: Generation
  /** The id under which the caller knows this answer. */
  readonly id: string
  /** Seconds since 1970. */
  readonly createdAt: number
  /** The model that answers, by the name that its account knows it by, or the one that the caller gave it. */
  readonly model: string
  /** The account that answers, shown as `provider`. */
  readonly provider: string
  /** Whether the gateway keeps it. Read when the answer ends, since keeping it may fail. */
  stored: boolean
  /** Seconds since 1970; set when the answer ends, so that every encoding of its end says the same. Absent: now. */
  endedAt?: number
}

/**
 * A dialect as callers speak it: its requests are read, and its answers and errors are written. Decoders tolerate what is null,
 * absent or newer than the code, and throw a `GatewayError` only for what cannot be understood at all.
 */
export interface IngressFace<Request, Response, Frame> {
  readonly name: DialectName
  readonly request: { decode(wire: Request): Generation }
  readonly response: { encode(canonical: Generated, answering: Answering): Response }
  readonly stream: {
    /** Events to frames. The frames of the ending come with `turn-end` or `error`, and with nothing before it. */
    encode(answering: Answering): Reader<Event, Frame>
  }
  readonly error: { encode(error: GatewayError): ErrorReply }
}

/** A dialect as upstreams speak it: requests are written, and answers and errors are read. */
export interface UpstreamFace<Request, Frame> {
  readonly name: DialectName
  readonly request: { encode(canonical: Generation, target: Target): Encoded<Request> }
  readonly response: {
    /** Throws `MalformedAnswer` for what is not an answer in this dialect. */
    decode(wire: unknown): Generated
  }
  readonly stream: {
    /** Bytes to frames, where they do not come as server-sent events. */
    readonly framing?: () => Reader<Uint8Array, Frame>
    /**
     * Frames to events. A stream that ends without its terminal frame gives an `error` event of kind `cut`. Throws for a frame whose
     * meaning cannot be read, though it is JSON.
     */
    decode(): Reader<Frame, Event>
  }
  readonly error: {
    /** `body` is the parsed JSON, or the text where it was none. */
    decode(status: number, body: unknown): UpstreamFailure
  }
  /**
   * Of a dialect that says the model and whether to stream in its URL: the path below a base URL, and the body that is sent there. A
   * request has both beside its other fields as long as it is in the gateway.
   */
  address?(request: Request): { readonly path: string; readonly body: object }
  /**
   * For the native lane: the caller's own body, made fit for this target. Unknown fields are kept. What the gateway does
   * itself (state, ids) is set by the gateway, not here.
   */
  retarget(body: Request, target: Target): Encoded<Request>
}

/** A dialect with its two faces, ingress and upstream: a plain object of pure functions. */
export type Dialect<Request, Response, Frame> = IngressFace<Request, Response, Frame> & UpstreamFace<Request, Frame>

/** Thrown by `response.decode` for a body that is no answer in its dialect: HTML with status 200, say. */
export class MalformedAnswer extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MalformedAnswer'
  }
}
