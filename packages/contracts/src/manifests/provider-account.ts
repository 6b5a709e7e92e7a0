// A connection to a provider. One schema for all of them: what differs by provider is the provider's own file in the gateway.
import * as z from 'zod'
import { manifestName } from './name.js'

/** A secret itself or, in files, a reference: `env://NAME`, `file://path`. */
const secret = z.string().min(1)

const roleArn = z.string().regex(/^arn:[\w-]+:iam::\d{12}:role\/\S+$/, 'Expected the ARN of a role.')
const sessionName = z.string().regex(/^[\w+=,.@-]{2,64}$/, 'Expected 2 to 64 letters, digits and +=,.@-.')

const secrets = z
  .record(z.string().min(1), secret)
  .refine((all) => Object.keys(all).length > 0, { error: 'Expected one or more.' })

export const authDataSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('bearer-auth'), bearer_token: secret }),
  z.strictObject({ type: z.literal('api-key'), api_key: secret }),
  z.strictObject({
    type: z.literal('basic-auth'),
    username: z.string().regex(/^[^:]+$/, 'Expected a name without a colon.'),
    password: secret,
  }),
  /** Keys in headers of any name. */
  z.strictObject({ type: z.literal('header'), headers: secrets }),
  /** Keys in the query of the URL. */
  z.strictObject({ type: z.literal('query'), parameters: secrets }),
  /** Keys of AWS. */
  z.strictObject({
    type: z.literal('access-key-based'),
    access_key_id: secret,
    secret_access_key: secret,
    session_token: z.exactOptional(secret),
  }),
  /** A role that the gateway's own identity on AWS may assume. */
  z.strictObject({
    type: z.literal('assumed-role-based'),
    assumed_role_arn: roleArn,
    external_id: z.exactOptional(z.string().min(1)),
    role_session_name: z.exactOptional(sessionName),
  }),
  /** A role that the token in a file gives a right to. */
  z.strictObject({
    type: z.literal('web-identity-based'),
    assumed_role_arn: roleArn,
    web_identity_token_file: z.string().min(1),
    role_session_name: z.exactOptional(sessionName),
  }),
  /** A profile of AWS's own files. */
  z.strictObject({ type: z.literal('profile-based'), profile: z.string().min(1) }),
  /** A key file of Google's: its JSON, as text or as it is. */
  z.strictObject({
    type: z.literal('key-file'),
    key_file_content: z.union([secret, z.record(z.string(), z.unknown())], 'Expected the JSON of a key file.'),
  }),
  /** The service account that a machine on Google's cloud runs under. */
  z.strictObject({ type: z.literal('metadata-server'), service_account: z.exactOptional(z.string().min(1)) }),
  /** An application of Azure AD, by its secret. */
  z.strictObject({
    type: z.literal('client-credentials'),
    tenant_id: z.string().min(1),
    client_id: z.string().min(1),
    client_secret: secret,
  }),
  /** An application of Azure AD, by a token in a file. */
  z.strictObject({
    type: z.literal('workload-identity'),
    tenant_id: z.string().min(1),
    client_id: z.string().min(1),
    federated_token_file: z.string().min(1),
  }),
  /** The identity that Azure has given a machine. */
  z.strictObject({ type: z.literal('managed-identity'), client_id: z.exactOptional(z.string().min(1)) }),
])
export type AuthData = z.output<typeof authDataSchema>

export const modelTypes = [
  'chat',
  'completion',
  'embedding',
  'realtime',
  'rerank',
  'audio_transcription',
  'audio_translation',
  'text_to_speech',
  'moderation',
  'image',
  'responses',
  'ocr',
] as const

export const modelServers = ['vllm-openai', 'openai-compatible', 'cohere-rerank-v2', 'nemo-retriever', 'infinity', 'tei'] as const

const region = z.string().regex(/^[a-z0-9-]+$/, 'Expected a region, such as "eu-west-1".')

/** A model of the account, called `<account>/<name>`. */
export const integrationSchema = z.strictObject({
  name: z.string().min(1),
  type: z.exactOptional(z.templateLiteral(['integration/model/', z.string().regex(/[a-z0-9-]+/)])),
  /** The model's name at the provider. Default: `name`. */
  model_id: z.exactOptional(z.string().min(1)),
  model_types: z.exactOptional(z.array(z.enum(modelTypes))),
  /** Where its account says a region: the one of this model. */
  region: z.exactOptional(region),
  /** Of a model that is a server of its own: where it answers, its name there, and what kind of server it is. */
  url: z.exactOptional(z.url({ protocol: /^https?$/, error: 'Expected an http or https URL.' })),
  hosted_model_name: z.exactOptional(z.string().min(1)),
  model_server: z.exactOptional(z.enum(modelServers)),
  /** In the place of its account's. */
  auth_data: z.exactOptional(authDataSchema),
  /** Beside its account's. */
  headers: z.exactOptional(z.record(z.string(), z.string())),
})
export interface Integration extends z.output<typeof integrationSchema> {}

const names = (integrations: readonly Integration[]) => new Set(integrations.map((integration) => integration.name))

export const providerAccountSchema = z.strictObject({
  type: z.templateLiteral(['provider-account/', z.string().regex(/[a-z0-9-]+/)]),
  name: manifestName,
  base_url: z.exactOptional(z.url({ protocol: /^https?$/, error: 'Expected an http or https URL.' })),
  auth_data: z.exactOptional(authDataSchema),
  /** The parts of its URL, where the provider makes one of them: `https://<region>…`. */
  region: z.exactOptional(region),
  project_id: z.exactOptional(z.string().regex(/^[a-z0-9.:-]+$/, 'Expected the id of a project.')),
  account_id: z.exactOptional(z.string().regex(/^[A-Za-z0-9._-]+$/, 'Expected the id of an account.')),
  azure_endpoint: z.exactOptional(z.url({ protocol: /^https?$/, error: 'Expected an http or https URL.' })),
  /** Sent with every request to the provider. */
  headers: z.exactOptional(z.record(z.string(), z.string())),
  /** Where the provider speaks several: which one it is spoken to. */
  dialect: z.exactOptional(z.enum(['responses', 'chat-completions', 'messages', 'generate-content', 'converse'])),
  /**
   * Who keeps the turns before this one: the gateway alone, which sends them again with each turn, or the provider too, which then
   * continues its own. Default: weir.
   */
  state: z.exactOptional(z.enum(['weir', 'upstream'])),
  integrations: z.exactOptional(
    z.array(integrationSchema).refine((integrations) => names(integrations).size === integrations.length, {
      error: 'Two integrations of an account cannot share a name.',
    }),
  ),
})
export interface ProviderAccountManifest extends z.output<typeof providerAccountSchema> {}
