import type { VirtualAccountManifest, WebhookEvent } from '@weir/contracts'
import { webhookEvents } from '@weir/contracts'
import { createHmac } from 'node:crypto'
import type { Configuration } from '../configuration.js'
import type { Owner } from '../ports/owner.js'
import { at, type Located } from './manifests.js'

/** Where a virtual account wants to be told of what. */
export interface ConfiguredWebhook {
  readonly url: string
  readonly events: ReadonlySet<WebhookEvent>
  /** HMAC-SHA256 of the text under its secret, in base64. A function, so that no log of a webhook ever shows the secret. */
  readonly sign: (text: string) => string
}

/** The webhooks of a manifest. `read` gives the secret behind a reference. */
export function compileWebhooks(
  { webhooks = [] }: VirtualAccountManifest,
  located: Located,
  read: (path: string[], value: string) => string,
): readonly ConfiguredWebhook[] {
  return webhooks.map(({ url, secret, events }, place) => {
    const field = (name: string): string[] => ['webhooks', String(place), name]
    if (webhooks.findIndex((each) => each.url === url) < place)
      throw at(located, field('url'), 'Another webhook of this account has the same URL.')
    const key = keyOf(read(field('secret'), secret))
    if (!key) throw at(located, field('secret'), 'It takes "whsec_" and 24 to 64 bytes in base64.')
    return {
      url,
      events: new Set(events ?? webhookEvents),
      sign: (text) => createHmac('sha256', key).update(text).digest('base64'),
    }
  })
}

function keyOf(secret: string): Buffer | undefined {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? []
  const key = encoded === undefined ? undefined : Buffer.from(encoded, 'base64')
  return key && key.length >= 24 && key.length <= 64 ? key : undefined
}

/** How webhooks are looked up. */
export const ownerKey = ({ tenant, subject }: Owner): string => JSON.stringify([tenant, subject])

/** The webhooks of this owner. */
export const webhooksOf = (configuration: Configuration, owner: Owner): readonly ConfiguredWebhook[] =>
  configuration.webhooks.get(ownerKey(owner)) ?? []
