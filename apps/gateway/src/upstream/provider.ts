import type { AuthData } from '@weir/contracts'
import type { DialectName, PlainDialectName, PlainQuirks, Quirks } from '@weir/dialects'
import type { PlainAbility } from '../operations/plain.js'

/** Fields that say who asks and how it is to be served, by OpenAI's names. Metadata is never told to one that does not read it. */
export type Hint = 'metadata' | 'prompt_cache_key' | 'safety_identifier' | 'service_tier'

/** The fields of an account that make its URL. */
export const placeFields = ['region', 'project_id', 'account_id', 'azure_endpoint'] as const
export type PlaceField = (typeof placeFields)[number]

/** A place of which nothing is said. */
export const emptyPlace: Readonly<Record<PlaceField, string>> = { region: '', project_id: '', account_id: '', azure_endpoint: '' }

/** The cloud whose identities a provider takes beside keys: AWS's for a service, or tokens for a scope. */
export type Cloud =
  | { readonly name: 'aws'; readonly service: string }
  | { readonly name: 'google' | 'azure'; readonly scope: string }

/** How a provider takes an operation that is no turn of a model. */
export interface Offer {
  readonly dialect: PlainDialectName
  /** Below the base URL, where it is not where its dialect has it. */
  readonly path?: string
  /** Whether the path begins at the origin of the base URL, in the place of its path. */
  readonly fromOrigin?: true
  readonly quirks?: PlainQuirks
}

/** A kind of upstream, as facts. Everything not said here is as the dialect has it. */
export interface Provider {
  /** As in `provider-account/<name>`. */
  readonly name: string
  /** The dialects that it speaks, the preferred one first. A caller's own dialect wins where it is among them. */
  readonly dialects: readonly [DialectName, ...DialectName[]]
  /** Where it answers; absent where every account has to say. */
  readonly baseURL?: string
  /** What its URL is made of, with the variable of each in the environment. */
  readonly place?: {
    readonly variables: Readonly<Partial<Record<PlaceField, string>>>
    /** May throw for what cannot be one. */
    readonly toBaseURL: (place: Readonly<Record<PlaceField, string>>) => string
  }
  /** Where each model is a server of its own: the kinds of them, by the names of `model_server`. */
  readonly servers?: Readonly<Record<string, Provider>>
  /** Whether an account may choose its dialect by `dialect`. */
  readonly dialectIsOpen?: true
  readonly credential: {
    /** The header of an API key; a bearer token has `authorization` everywhere. */
    readonly header: 'authorization' | 'api-key' | 'x-api-key' | 'x-goog-api-key' | 'none'
    /** The forms of `auth_data` that it takes. */
    readonly accepts: readonly AuthData['type'][]
    /** Whether an account has to say one. Where there is a cloud it is else the gateway's own identity there. */
    readonly required: boolean
    readonly cloud?: Cloud
  }
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** The caller's headers that go along where it speaks the provider's own language: no other header of a caller ever does. */
  readonly passes?: readonly string[]
  /** The environment variables that make an account named after the provider. */
  readonly environment?: {
    readonly key?: string
    /** Those that say, each alone, that the gateway has an identity on the cloud. */
    readonly identity?: readonly string[]
    readonly baseURL?: string
    /** Turns the value of `baseURL` into a base URL; a host without a scheme, say. May throw for what cannot be one. */
    readonly toBaseURL?: (value: string) => string
  }
  /** What its models do beside turns. */
  readonly operations?: { readonly [A in PlainAbility]?: Offer }
  /** What this very model does, where that is known to be less than all of it. */
  readonly abilitiesOf?: (model: string) => readonly (PlainAbility | 'generate')[] | undefined
  readonly quirks?: Quirks
  /** In what this model differs besides. */
  readonly quirksOf?: (model: string) => Quirks
  /** Whether no answer of it has a call that `tool_choice` or `parallel_tool_calls` rules out: nobody looks after it then. */
  readonly holdsToolChoice?: true
  /** Whether this model gives and takes encrypted reasoning, which some of its siblings reject. */
  readonly replaysReasoning?: (model: string) => boolean
  /** What it reads of a request beside the question: others are not told, unless the caller speaks their own dialect. */
  readonly reads?: readonly Hint[]
  /** Whether it counts the tokens of a request, as its dialect has it. */
  readonly counts?: true
  /** Whether it makes compaction items of its own, which it alone can open. */
  readonly compacts?: true
  /** Its name in the list of prices and context windows, which names the public services. */
  readonly priceList?: string
  /** Whether it has a model that the list does not name. */
  readonly knows?: (model: string) => boolean
  /** The models it is known to have, where the list is ours. */
  readonly models?: readonly string[]
}
