// Each entry brings a database from the version of its index to the next one. What is released is never edited: a change is a
// new entry. STRICT, so that a number that is bound as REAL by mistake is an error and not a '1.0'.

const responses = `
CREATE TABLE responses (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  parent TEXT,
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  -- Last, so that following a chain or marking it does not read through them.
  input TEXT NOT NULL,
  response TEXT NOT NULL
) STRICT;
`

const ledger = `
CREATE TABLE exchanges (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  subject TEXT NOT NULL,
  label TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  operation TEXT NOT NULL,
  dialect TEXT NOT NULL,
  stream INTEGER NOT NULL,
  model TEXT,
  account TEXT,
  upstream_model TEXT,
  lane TEXT,
  status INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error_code TEXT,
  error_detail TEXT,
  response_id TEXT,
  stored INTEGER NOT NULL,
  usage_input INTEGER,
  usage_cache_read INTEGER,
  usage_cache_write INTEGER,
  usage_output INTEGER,
  usage_reasoning INTEGER,
  usage_estimated INTEGER,
  time_to_first_token REAL,
  latency REAL NOT NULL,
  losses TEXT NOT NULL,
  metadata TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT;
CREATE INDEX exchanges_by_time ON exchanges (tenant, started_at, id);
CREATE INDEX exchanges_by_subject ON exchanges (tenant, subject, started_at, id);
CREATE INDEX exchanges_by_label ON exchanges (tenant, label, started_at, id) WHERE label IS NOT NULL;
CREATE TABLE attempts (
  tenant TEXT NOT NULL,
  exchange TEXT NOT NULL,
  number INTEGER NOT NULL,
  account TEXT NOT NULL,
  model TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  latency REAL NOT NULL,
  status INTEGER,
  outcome TEXT NOT NULL,
  failure TEXT,
  upstream_id TEXT,
  PRIMARY KEY (tenant, exchange, number)
) STRICT, WITHOUT ROWID;
`

const keys = `
CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  role TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;
`

// What is swept is found by its last use, and whether anything continues it by its parent.
const sweeping = `
CREATE INDEX responses_by_use ON responses (used_at);
CREATE INDEX responses_by_parent ON responses (parent) WHERE parent IS NOT NULL;
`

const jobs = `
CREATE TABLE jobs (
  response TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  status TEXT NOT NULL,
  ran INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  leased_until INTEGER NOT NULL,
  claim TEXT NOT NULL,
  request TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_queued ON jobs (queued_at, response) WHERE status = 'queued';
CREATE INDEX jobs_taken ON jobs (leased_until) WHERE status <> 'queued';
CREATE INDEX jobs_by_claim ON jobs (claim);
CREATE TABLE journal (
  response TEXT NOT NULL,
  last INTEGER NOT NULL,
  first INTEGER NOT NULL,
  events TEXT NOT NULL,
  PRIMARY KEY (response, last)
) STRICT;
-- Empty but within a write that is done under a condition.
CREATE TABLE held (job TEXT NOT NULL) STRICT;
-- However a response goes, nothing of it stays.
CREATE TRIGGER response_gone AFTER DELETE ON responses BEGIN
  DELETE FROM jobs WHERE response = OLD.id;
  DELETE FROM journal WHERE response = OLD.id;
END;
`

const responseItems = `
ALTER TABLE responses ADD COLUMN conversation TEXT;
ALTER TABLE responses ADD COLUMN conversation_place INTEGER;
-- Where an item is found by its id. The item itself lies in its response.
CREATE TABLE response_items (
  response TEXT NOT NULL,
  id TEXT NOT NULL,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  made INTEGER NOT NULL,
  PRIMARY KEY (response, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX response_items_by_id ON response_items (tenant, subject, id, made, response);
CREATE TRIGGER response_items_gone AFTER DELETE ON responses BEGIN
  DELETE FROM response_items WHERE response = OLD.id;
END;
`

const conversations = `
CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL,
  metadata TEXT NOT NULL
) STRICT;
CREATE INDEX conversations_by_use ON conversations (used_at);
-- AUTOINCREMENT, so that no place is ever given twice: a response remembers up to which one it read.
CREATE TABLE conversation_items (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  conversation TEXT NOT NULL,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  id TEXT NOT NULL,
  item TEXT NOT NULL
) STRICT;
CREATE INDEX conversation_items_in_order ON conversation_items (conversation, place);
CREATE UNIQUE INDEX conversation_items_by_id ON conversation_items (tenant, subject, id, conversation);
CREATE TRIGGER conversation_items_gone AFTER DELETE ON conversations BEGIN
  DELETE FROM conversation_items WHERE conversation = OLD.id;
END;
`

const idempotency = `
CREATE TABLE idempotency (
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  holder TEXT NOT NULL,
  touched_at INTEGER NOT NULL,
  -- Sealed, both; without an answer the create is still under way.
  fingerprint TEXT NOT NULL,
  answer TEXT,
  PRIMARY KEY (tenant, subject, route, key)
) STRICT;
CREATE INDEX idempotency_by_time ON idempotency (touched_at);
`

const files = `
CREATE TABLE files (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  filename TEXT NOT NULL,
  purpose TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX files_by_owner ON files (tenant, subject, created_at, id);
CREATE INDEX files_by_hash ON files (hash);
CREATE INDEX files_by_end ON files (expires_at) WHERE expires_at IS NOT NULL;
`

/** The blobs that a row names. What is cut out of a text stands before it: `cut:[[place, hash], …]`, a line's end, the rest. */
const namesOf = (column: string): string =>
  `json_each(CASE WHEN substr(NEW.${column}, 1, 4) = 'cut:' THEN substr(NEW.${column}, 5, instr(NEW.${column}, char(10)) - 5) ELSE '[]' END)`

const insertNames = (table: string, key: string, columns: readonly string[]): string =>
  columns
    .map((column) => `INSERT OR IGNORE INTO blob_uses SELECT '${table}/' || NEW.${key}, value ->> 1 FROM ${namesOf(column)};`)
    .join(' ')

/** Whoever writes or deletes such a row, and however: the blobs that it names are known in the same commit. */
const naming = (table: string, key: string, columns: readonly string[]): string => `
CREATE TRIGGER ${table}_name_blobs AFTER INSERT ON ${table} BEGIN ${insertNames(table, key, columns)} END;
CREATE TRIGGER ${table}_rename_blobs AFTER UPDATE OF ${columns.join(', ')} ON ${table} BEGIN
  DELETE FROM blob_uses WHERE holder = '${table}/' || OLD.${key};
  ${insertNames(table, key, columns)}
END;
CREATE TRIGGER ${table}_forget_blobs AFTER DELETE ON ${table} BEGIN
  DELETE FROM blob_uses WHERE holder = '${table}/' || OLD.${key};
END;`

const blobUses = `
CREATE TABLE blob_uses (holder TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (holder, hash)) STRICT, WITHOUT ROWID;
CREATE INDEX blob_uses_by_hash ON blob_uses (hash);
${naming('responses', 'id', ['input', 'response'])}
${naming('conversation_items', 'place', ['item'])}
${naming('jobs', 'response', ['request'])}
`

const webhooks = `
CREATE TABLE webhook_deliveries (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  event TEXT NOT NULL,
  url TEXT NOT NULL,
  type TEXT NOT NULL,
  response TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  next_at INTEGER,
  claim TEXT NOT NULL,
  last_at INTEGER,
  last_status INTEGER,
  last_error TEXT,
  delivered_at INTEGER
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_over ON webhook_deliveries (created_at) WHERE status <> 'pending';
CREATE INDEX webhook_deliveries_by_claim ON webhook_deliveries (claim) WHERE claim <> '';
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (tenant, created_at, id);
CREATE INDEX webhook_deliveries_by_subject ON webhook_deliveries (tenant, subject, created_at, id);
`

const callMemory = `
CREATE TABLE call_memory (
  tenant TEXT NOT NULL,
  subject TEXT NOT NULL,
  call_id TEXT NOT NULL,
  response TEXT,
  touched_at INTEGER NOT NULL,
  -- Sealed.
  memory TEXT NOT NULL,
  PRIMARY KEY (tenant, subject, call_id)
) STRICT;
CREATE INDEX call_memory_by_use ON call_memory (touched_at) WHERE response IS NULL;
CREATE INDEX call_memory_by_response ON call_memory (response) WHERE response IS NOT NULL;
CREATE TRIGGER call_memory_gone AFTER DELETE ON responses BEGIN
  DELETE FROM call_memory WHERE response = OLD.id;
END;
`

const usageBuckets = `
ALTER TABLE exchanges ADD COLUMN usage_cache_write_hour INTEGER;
ALTER TABLE exchanges ADD COLUMN usage_audio_input INTEGER;
ALTER TABLE exchanges ADD COLUMN usage_image_input INTEGER;
ALTER TABLE exchanges ADD COLUMN usage_audio_output INTEGER;
ALTER TABLE exchanges ADD COLUMN usage_image_output INTEGER;
ALTER TABLE exchanges ADD COLUMN usage_provider_total INTEGER;
`

export const migrations: readonly string[] = [
  responses,
  ledger,
  keys,
  sweeping,
  jobs,
  responseItems,
  conversations,
  idempotency,
  files,
  blobUses,
  webhooks,
  callMemory,
  usageBuckets,
]
