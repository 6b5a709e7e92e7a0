// One request on its journey. Each stage returns the exchange with one more fact, so that stages in the wrong order do not
// compile and nobody asks whether a fact is there yet.
import type { context, responses } from '@weir/contracts'
import type { DialectName, Generation, Loss, Target, ToolNames, Usage } from '@weir/dialects'
import type { Account, Configuration } from './configuration.js'
import type { Claim } from './idempotency/claim.js'
import type { IngressDialect, Operation, PlainOperation, TurnOperation, UpstreamDialect } from './operations/operation.js'
import type { PlainAsked, PlainIngress } from './operations/plain.js'
import type { Owner } from './ports/owner.js'
import type { Beside, Bookmark, StoredResponse } from './ports/response-store.js'
import type { CallTokens } from './remember/calls.js'
import type { Trail } from './trail.js'
import type { LocalChain, LocalResponses } from './websocket/local-responses.js'

/** What is known before anything is asked of the caller. `O`: a turn of a model, where nothing else is said. */
export interface Received<O extends Operation = TurnOperation> {
  /** Minted at ingress; every answer carries it as `x-request-id`. */
  readonly id: string
  readonly operation: O
  /** The language of the caller, among those of the operation. */
  readonly dialect: string
  readonly head: Head
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal
  /** The one configuration that this exchange uses from its beginning to its end. */
  readonly configuration: Configuration
  readonly trail: Trail
  /** By what a repetition of this request is known; absent where its face has no such thing. */
  readonly idempotency?: { readonly route: string; readonly key: string | undefined }
  /** Reads and parses the body, once; throws a `GatewayError`. Not to be called for strangers. */
  readonly readBody: () => Promise<object>
  /** The connection of which this exchange is one turn; absent for a request that stands alone. */
  readonly connection?: Connected
  /** The background job that this exchange carries out; absent for one whose caller waits for the answer. */
  readonly job?: CarriedJob
}

/** A background response that is being made. */
export interface CarriedJob {
  /** Its id, which the caller has known since the call was queued. */
  readonly id: string
  /** Whether its caller asked for a stream. Its upstream is asked for one in any case. */
  readonly stream: boolean
  /** The items of its turn, under the ids by which they have been listed since then. No upstream knows these ids. */
  readonly input: readonly responses.InputItem[]
  /**
   * Keeps the response in one commit with its last events, which `release` writes: nobody reads them before. `false`: the job is
   * somebody else's by now, and nothing was kept.
   */
  end(response: StoredResponse, beside: Beside, release: () => void): Promise<boolean>
}

/** What a turn knows of a connection that outlives it. */
export interface Connected {
  /** Responses that are known on this connection only. */
  readonly local: LocalResponses
  /** The caller wants no answer yet: what it sends is only remembered, to be continued from. */
  readonly warmUp: boolean
}

/** The head of a request. Header names are in lower case. */
export interface Head {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Who sent the request. */
export interface Caller extends Owner {
  readonly role: 'admin' | 'member'
}

export interface Authenticated<O extends Operation = TurnOperation> extends Received<O> {
  readonly caller: Caller
}

/** The body is checked, and what any operation asks of the journey is named. */
export interface Entered<O extends Operation = Operation> extends Authenticated<O> {
  /** The caller's body, parsed and checked; unknown fields are there. */
  readonly body: object
  readonly ask: Pick<Ask, 'model' | 'labels'>
}

/** What asks for no turn of a model. */
export interface IngressedPlain extends Entered<PlainOperation> {
  readonly ingress: PlainIngress
  /** The body in the canonical form of the operation. */
  readonly asked: PlainAsked
}

/** What asks for a turn. */
export interface Ingressed extends Entered<TurnOperation> {
  readonly dialect: DialectName
  readonly ingress: IngressDialect
  readonly ask: Ask
  /** The right to answer all who repeat this request. */
  readonly claim?: Claim
  /** The body in the canonical form, without history; decoded at the first call, since the native lane rarely needs it. */
  readonly asked: () => Generation
}

export interface Ask {
  readonly model: string
  readonly stream: boolean
  readonly store: boolean
  /** Whether the caller wants to know no more for now than that it is queued. */
  readonly background: boolean
  readonly previousResponseId: string | undefined
  /** The id of the conversation that the turn is part of; never beside a previous response. */
  readonly conversation: string | undefined
  /** Whether the oldest turns may be left out of what is too long for the model. */
  readonly truncates: boolean
  /** Whether the turns before are to be made short, and when. */
  readonly compaction: CompactionAsk | undefined
  /** Parts of an answer that come only when asked for. */
  readonly include: readonly string[]
  /** The labels that the caller put on its request by header. */
  readonly labels: Readonly<Record<string, string>>
}

/** `now`: the answer is to be the compaction and nothing else. Else: before the turn, where there are more tokens than these. */
export type CompactionAsk = { readonly when: 'now' } | { readonly when: 'above'; readonly tokens: number | undefined }

export interface Recalled extends Ingressed {
  /** The items of earlier turns, oldest first, in the Responses wire, as they are kept: replay tokens tagged. */
  readonly history: readonly responses.InputItem[]
  /** The last of these turns as an upstream has it, where that can go on from it. Without this the history is replayed. */
  readonly upstreamParent?: UpstreamTurn
  /** The last of these turns, where they are in no store. */
  readonly unstored?: LocalChain
  /** What is remembered of the tool calls that the caller sends back in this turn, by call id. */
  readonly called: ReadonlyMap<string, CallTokens>
  /** What the caller itself names by file ids and URLs in this turn. */
  readonly named: ReadonlySet<string>
  /** The conversation that the history comes from, and how much of it there was. */
  readonly bookmark: Bookmark | undefined
}

/** A turn that its upstream keeps too. */
export interface UpstreamTurn {
  readonly account: string
  readonly model: string
  /** The id that it has there. */
  readonly id: string
}

/** Who may serve it. */
export interface Served {
  /** At least one, in the order in which they are to be tried. */
  readonly candidates: readonly Candidate[]
}

export interface Resolved extends Recalled, Served {}

/** One account and model that may serve the turn. */
export interface Candidate {
  readonly account: Account
  readonly target: Target
}

export interface Reserved {
  /** Settled or released by `record`. */
  readonly reservations: readonly string[]
}

export interface Limited extends Resolved, Reserved {}

export type Admitted = Limited

export interface Judged {
  /** Whether a rule may rewrite or withhold what the caller sees; it keeps the turn off the native lane. */
  readonly rewritesOutput: boolean
}

/** A request that is no turn, as its attempts see it. */
export type GuardedPlain = IngressedPlain & Served & Reserved & Judged

export interface Guarded extends Limited, Judged {
  /** What stands in the place of history and input, and comes first in the answer. */
  readonly compacted?: Compacted
}

export interface Compacted {
  readonly item: context.CompactionItem
  /** Whether it is the whole answer, and then what it took. */
  readonly alone: boolean
  readonly usage: Usage | undefined
  /** What the model could not be told when it wrote it. */
  readonly losses: readonly Loss[]
}

/** A turn made fit for one candidate. */
export interface Translated {
  readonly candidate: Candidate
  readonly lane: 'native' | 'translated'
  /** The dialect spoken upstream. */
  readonly dialect: DialectName
  readonly upstream: UpstreamDialect
  readonly body: object
  readonly losses: readonly Loss[]
  /** Whether turns before it were left out, so that the upstream knows less of the conversation than the gateway does. */
  readonly shortened?: boolean
  /** The tools that go by another name or kind in the body. */
  readonly names?: ToolNames
  /** Whether the upstream is asked to keep this turn, and whether it is asked to go on from one that it has kept. */
  readonly kept: boolean
  readonly continued: boolean
}
