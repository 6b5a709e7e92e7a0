// A caller that is a program: it has a key of its own, and only the permissions that stand here.
import * as z from 'zod'
import { manifestName } from './name.js'

export const permissionSchema = z.strictObject({
  /** Ends in the name of what it allows, such as `acme:openai:main`. */
  resource_fqn: z.string().min(1),
  resource_type: z.string().min(1),
  role_id: z.string().min(1),
})
export interface Permission extends z.output<typeof permissionSchema> {}

export const webhookEvents = ['response.completed', 'response.failed', 'response.incomplete', 'response.cancelled'] as const
export type WebhookEvent = (typeof webhookEvents)[number]

export const webhookSchema = z.strictObject({
  /** Where the events are posted. Whoever writes the manifest answers for it: it may lie in the operator's own network. */
  url: z.url({ protocol: /^https?$/, error: 'Expected an http or https URL.' }),
  /** What signs them, as `whsec_` and base64, or a reference: `env://NAME`, `file://path`. */
  secret: z.string().min(1),
  /** Default: all of them. */
  events: z.exactOptional(z.array(z.enum(webhookEvents))),
})
export interface Webhook extends z.output<typeof webhookSchema> {}

export const virtualAccountSchema = z.strictObject({
  type: z.literal('virtual-account'),
  name: manifestName,
  /** Its key or, in files, a reference: `env://NAME`, `file://path`. */
  token: z.exactOptional(z.string().min(1)),
  permissions: z.exactOptional(z.array(permissionSchema)),
  /** A date, which is the last day in UTC, or a moment. */
  expiration_date: z.exactOptional(
    z.union([z.iso.date(), z.iso.datetime()], { error: 'Expected a date, such as "2027-01-31".' }),
  ),
  /** Told when its background responses end. */
  webhooks: z.exactOptional(z.array(webhookSchema)),
  tags: z.exactOptional(z.record(z.string(), z.string())),
  owned_by: z.exactOptional(z.strictObject({ team: z.string().min(1) })),
})
export interface VirtualAccountManifest extends z.output<typeof virtualAccountSchema> {}
