import type { Blobs } from './blobs.js'
import type { CallMemory } from './call-memory.js'
import type { Clock } from './clock.js'
import type { Jobs } from './jobs.js'
import type { Journal } from './journal.js'
import type { ConversationStore } from './conversation-store.js'
import type { IdempotencyStore } from './idempotency.js'
import type { FileStore } from './files.js'
import type { KeyStore } from './key-store.js'
import type { Ledger } from './ledger.js'
import type { Notices } from './notices.js'
import type { Outbox } from './outbox.js'
import type { ResponseStore } from './response-store.js'
import type { Seal } from './seal.js'
import type { Transport } from './transport.js'
import type { Web } from './web.js'

/** Everything that reaches outside the process. A stage names those it may touch with `Pick<Ports, …>`. */
export interface Ports {
  readonly responses: ResponseStore
  readonly conversations: ConversationStore
  readonly ledger: Ledger
  readonly keys: KeyStore
  readonly jobs: Jobs
  readonly journal: Journal
  readonly notices: Notices
  readonly outbox: Outbox
  readonly idempotency: IdempotencyStore
  readonly calls: CallMemory
  readonly files: FileStore
  readonly blobs: Blobs
  readonly seal: Seal
  readonly transport: Transport
  /** For URLs that callers name. Only `fetch-guard` calls it. */
  readonly web: Web
  readonly clock: Clock
}
