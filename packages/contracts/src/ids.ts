// Ids as they stand on the wire: a prefix that tells the kind, then 12 hex digits of time (milliseconds) and 20 of chance.
// The time comes first so that rows made together lie together in an index; 80 random bits make an id unguessable.

const prefixes = {
  exchange: 'req_',
  response: 'resp_',
  message: 'msg_',
  reasoning: 'rs_',
  functionCall: 'fc_',
  functionCallOutput: 'fco_',
  customToolCall: 'ctc_',
  shellCall: 'sh_',
  localShellCall: 'lsh_',
  applyPatchCall: 'apc_',
  toolSearchCall: 'tsc_',
  call: 'call_',
  compaction: 'cmp_',
  item: 'item_',
  conversation: 'conv_',
  chatCompletion: 'chatcmpl-',
  key: 'key_',
  file: 'file-',
  event: 'evt_',
  webhookDelivery: 'whd_',
} as const

export type IdKind = keyof typeof prefixes

const randomBytes = 10
const pool = new Uint8Array(randomBytes * 256)
let used = pool.length

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** A fresh id of this kind, such as `resp_019a…`. Sorts by the millisecond in which it was made. */
export function mintId(kind: IdKind): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  let id = prefixes[kind] + Date.now().toString(16).padStart(12, '0')
  for (const end = used + randomBytes; used < end; used++) id += hex[pool[used] ?? 0]
  return id
}

/** Whether this has the shape of an id that Weir makes for this kind. Says nothing of whether it exists. */
export function isId(kind: IdKind, value: string): boolean {
  const prefix = prefixes[kind]
  return value.length === prefix.length + 32 && value.startsWith(prefix) && /^[0-9a-f]{32}$/.test(value.slice(prefix.length))
}
