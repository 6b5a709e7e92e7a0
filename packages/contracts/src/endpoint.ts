// One entry describes an endpoint to all four faces: the REST route, the tRPC procedure, the OpenAPI entry and the client.
import type { TRPCBuiltRouter, TRPCDefaultErrorShape, TRPCMutationProcedure, TRPCQueryProcedure } from '@trpc/server'
import type * as z from 'zod'
import type { ErrorCode } from './errors.js'

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the mount. `{id}` is one segment, `{id+}` any number of them, slashes included; `{id+}:verb` is all before the verb. */
  readonly path: `/${string}`
  /** Other paths below the mount that mean the same, with what each says of the body. Over REST alone. */
  readonly aliases?: readonly { readonly path: `/${string}`; readonly says?: Readonly<Record<string, unknown>> }[]
  /** `inference` answers under every prefix of `inferencePrefixes`, `control` under /api/v1, `root` where the path says. */
  readonly mount: 'inference' | 'control' | 'root'
  /** Who may call it: anyone, any known caller (who sees only what it owns), or administrators. */
  readonly access: 'public' | 'caller' | 'admin'
  readonly summary: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /**
   * The fields of a multipart form, which a part named `file` accompanies, in any order. Over REST alone: JSON has no room for a
   * file.
   */
  readonly form?: z.ZodObject
  readonly output: z.ZodType
  /** Answers with the bytes of a file, of any type; `output` describes them. Over REST alone. */
  readonly bytes?: true
  /** The events of its stream; its presence says that it may stream, where `stream` in its body or its query is true. */
  readonly event?: z.ZodType
  /** What ends its stream well: the types of its last event, or the literal data of the last frame, such as `[DONE]`. */
  readonly terminal?: readonly string[]
  readonly errors: readonly ErrorCode[]
  /** Done once for each `idempotency-key` header of an owner; whoever repeats it within 24 hours gets the same answer. */
  readonly idempotent?: true
  /**
   * Travels the journey to a model; its output is the wire of its dialect and is never parsed or encoded by zod. Parameters of its path
   * are fields of its body.
   */
  readonly journey?: true
}

/** An endpoint, with its literal types kept. */
export function defineEndpoint<const E extends Endpoint>(endpoint: E): E {
  return endpoint
}

/** Every inference route answers, identically, under each of these. Longest first, so that the first match is the right one. */
export const inferencePrefixes = ['/api/llm/api/inference/openai', '/api/llm/v1', '/api/llm', '/v1', ''] as const

export const controlPrefix = '/api/v1'

export type Group = { readonly [name: string]: Endpoint }
export type Api = { readonly [group: string]: Group }

type Side = 'input' | 'output'
type Part<E extends Endpoint, K extends 'params' | 'query' | 'body', S extends Side> = E[K] extends z.ZodType
  ? S extends 'input'
    ? z.input<E[K]>
    : z.output<E[K]>
  : unknown // vanishes in the intersection

/** What a caller passes: path, query and body together. `output` is the side after parsing, with defaults filled in. */
export type InputOf<E extends Endpoint, S extends Side = 'input'> = Part<E, 'params', S> &
  Part<E, 'query', S> &
  Part<E, 'body', S>
/** What a caller passes to a form. A `File` brings its name, any other `Blob` has none. */
export type FormOf<E> = E extends { readonly form: infer F extends z.ZodObject } ? z.input<F> & { readonly file: Blob } : never
export type OutputOf<E extends Endpoint> = z.output<E['output']>
export type EventOf<E extends Endpoint> = E['event'] extends z.ZodType ? z.output<E['event']> : never

// `void` lets a caller leave out what is empty or wholly optional.
type CallInput<E extends Endpoint> =
  unknown extends InputOf<E> ? void : object extends InputOf<E> ? InputOf<E> | void : InputOf<E>

type ProcedureOf<E extends Endpoint> = E['method'] extends 'GET'
  ? TRPCQueryProcedure<{ input: CallInput<E>; output: OutputOf<E>; meta: unknown }>
  : TRPCMutationProcedure<{ input: CallInput<E>; output: OutputOf<E>; meta: unknown }>

// A stream is a POST mutation and never a subscription, which would carry its input in the URL and overflow it.
type StreamProcedureOf<E extends Endpoint> = TRPCMutationProcedure<{
  input: InputOf<E>
  output: AsyncIterable<EventOf<E>>
  meta: unknown
}>

type Streaming = { readonly event: z.ZodType }

type RestOnly = { readonly form: z.ZodObject } | { readonly bytes: true }

/** The record of procedures: one for each endpoint but those of files, and `<name>Stream` beside each that may stream. */
export type RecordOf<T> = {
  [G in keyof T]: {
    [N in keyof T[G] as T[G][N] extends RestOnly ? never : N]: T[G][N] extends Endpoint ? ProcedureOf<T[G][N]> : never
  } & {
    [N in keyof T[G] as T[G][N] extends Streaming ? `${N & string}Stream` : never]: T[G][N] extends Endpoint
      ? StreamProcedureOf<T[G][N]>
      : never
  }
}

/** tRPC's own shape of an error, and what REST says beside it. `data.code` stays tRPC's; `data.errorCode` is the table's. */
export interface ErrorShape extends TRPCDefaultErrorShape {
  data: TRPCDefaultErrorShape['data'] & {
    errorCode: ErrorCode
    param: string | null
    requestId: string | null
    /** Seconds. */
    retryAfter: number | null
  }
}

/** The tRPC router of an api, computed from the contract, so that neither client nor console imports the gateway. */
export type RouterOf<T, Context = object> = TRPCBuiltRouter<
  // Neither true nor false, and JSON all the same: with `false` tRPC models what JSON does to each type, and makes `never` of
  // an object with open fields; with `true` every client must bring a transformer.
  { ctx: Context; meta: object; errorShape: ErrorShape; transformer: boolean },
  RecordOf<T>
>

/** One event of a stream as text: JSON as `event` of the endpoint describes it, or the marker at the end. */
export interface EventFrame {
  readonly event?: string
  readonly data: string
}

/** A form as it is read. `Fields` are what its schema gives. */
export interface Upload<Fields = unknown> {
  /** As the caller called it, without a path. */
  readonly filename: string
  /** As the caller said; `text/plain` where it said nothing (RFC 7578). */
  readonly mediaType: string
  /** To be read once, to its end. Throws what is wrong with the file, its size and the form around it. */
  readonly content: AsyncIterable<Uint8Array>
  /** The other fields, some of which may stand behind the file: resolves once that is read. Rejects with what is wrong with them. */
  fields(): Promise<Fields>
}

/** A file on its way out. */
export interface Download {
  readonly filename: string
  readonly mediaType: string
  readonly bytes: number
  readonly content: AsyncIterable<Uint8Array>
}

type UploadHandlerOf<E extends Endpoint, Context> = (
  upload: Upload<E['form'] extends z.ZodObject ? z.output<E['form']> : never>,
  context: Context,
) => Promise<OutputOf<E>>

type DownloadHandlerOf<E extends Endpoint, Context> = (input: InputOf<E, 'output'>, context: Context) => Promise<Download>

type WholeHandlerOf<E extends Endpoint, Context> = E extends { readonly form: z.ZodObject }
  ? UploadHandlerOf<E, Context>
  : E extends { readonly bytes: true }
    ? DownloadHandlerOf<E, Context>
    : HandlerOf<E, Context>

type HandlerOf<E extends Endpoint, Context> = (
  input: InputOf<E, 'output'>,
  context: Context,
) => OutputOf<E> | Promise<OutputOf<E>>

/** What answers an endpoint that may stream. `stream` rejects for what is wrong before the first event. */
interface StreamingHandlerOf<E extends Endpoint, Context> {
  readonly whole: HandlerOf<E, Context>
  readonly stream: (input: InputOf<E, 'output'>, context: Context) => Promise<AsyncIterable<EventFrame>>
}

/**
 * One function for each endpoint that does not travel the journey, and two for one that may stream. A missing one does not
 * compile. It gets path, query and body parsed and merged, or an `Upload`, and returns what `output` describes, or a `Download`;
 * failures are thrown as `GatewayError`.
 */
export type Handlers<T, Context> = {
  readonly [G in keyof T]: {
    readonly [N in keyof T[G] as T[G][N] extends { readonly journey: true } ? never : N]: T[G][N] extends Endpoint
      ? T[G][N] extends Streaming
        ? StreamingHandlerOf<T[G][N], Context>
        : WholeHandlerOf<T[G][N], Context>
      : never
  }
}
