import { describe, expect, test } from 'vitest'
import type { AttemptRow, ExchangeRow, Ledger } from '../../src/ports/ledger.js'
import { withStore, type Open } from './opened.js'

const owner = { tenant: 'acme', subject: 'ada' }

function attempt(number: number): AttemptRow {
  return {
    number,
    account: 'openai-main',
    model: 'gpt-5',
    startedAt: 1_700_000_000_010 + number,
    latency: 12.5,
    status: 200,
    outcome: 'succeeded',
    failure: null,
    upstreamId: 'resp_upstream',
  }
}

export function exchange(id: string, changes: Partial<ExchangeRow> = {}): ExchangeRow {
  return {
    id,
    owner,
    label: null,
    startedAt: 1_700_000_000_000,
    endedAt: 1_700_000_000_900,
    operation: 'generate',
    dialect: 'responses',
    stream: true,
    model: 'openai-main/gpt-5',
    account: 'openai-main',
    upstreamModel: 'gpt-5',
    lane: 'translated',
    status: 200,
    outcome: 'completed',
    errorCode: null,
    errorDetail: null,
    responseId: 'resp_a',
    stored: true,
    usage: {
      input: 10,
      cacheRead: 0,
      cacheWrite: 1,
      cacheWriteHour: 2,
      audioInput: 4,
      imageInput: 5,
      output: 9_007_199_254_740_991,
      audioOutput: 6,
      imageOutput: 7,
      reasoning: 3,
      estimated: false,
      providerTotal: 8,
    },
    timeToFirstToken: 120.25,
    latency: 900,
    losses: [{ path: 'tools[0]', disposition: 'dropped', reason: 'no such tool there' }],
    metadata: { team: 'search' },
    attempts: [attempt(1), attempt(2)],
    ...changes,
  }
}

/** All that may be absent, absent. */
const bare = {
  stream: false,
  model: null,
  account: null,
  upstreamModel: null,
  lane: null,
  responseId: null,
  stored: false,
  usage: null,
  timeToFirstToken: null,
  losses: [],
  metadata: {},
  attempts: [],
  status: 401,
  outcome: 'refused',
  errorCode: 'invalid_api_key',
  errorDetail: 'unknown\0key 😀',
  label: 'their-label',
} satisfies Partial<ExchangeRow>

const whole = {
  input: 1,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWriteHour: 0,
  audioInput: 0,
  imageInput: 0,
  output: 2,
  audioOutput: 0,
  imageOutput: 0,
  reasoning: 0,
}

async function fill(ledger: Ledger, rows: readonly ExchangeRow[]): Promise<void> {
  for (const row of rows) ledger.append(row)
  await ledger.flush()
}

const ids = (rows: readonly ExchangeRow[]) => rows.map((row) => row.id)

export function ledgerSuite(name: string, open: Open<Ledger>): void {
  describe(`${name}: ledger`, () => {
    test(
      'a row and its attempts are read as they were appended',
      withStore(open, async (ledger) => {
        const failed = { ...attempt(1), status: null, outcome: 'failed', failure: 'timeout', upstreamId: null } as const
        const rows = [
          exchange('x_full'),
          exchange('x_bare', bare),
          exchange('x_failed', { attempts: [failed] }),
          exchange('x_agreed', { usage: { ...whole, estimated: true, providerTotal: null } }),
        ]
        await fill(ledger, rows)
        for (const row of rows) expect(await ledger.get('acme', row.id)).toEqual(row)
        expect(await ledger.get('acme', 'x_none')).toBeUndefined()
        expect(await ledger.get('other', 'x_full')).toBeUndefined()
      }),
    )

    test(
      'appending a row again changes nothing',
      withStore(open, async (ledger) => {
        await fill(ledger, [exchange('x_a'), exchange('x_a')])
        await fill(ledger, [exchange('x_a')])
        expect(await ledger.list({ tenant: 'acme', limit: 10 })).toEqual([exchange('x_a')])
      }),
    )

    test(
      'flush waits for all that was appended',
      withStore(open, async (ledger) => {
        const rows = Array.from({ length: 500 }, (_, index) => exchange(`x_${index}`))
        await fill(ledger, rows)
        expect(await ledger.list({ tenant: 'acme', limit: 1_000 })).toHaveLength(500)
        await ledger.flush()
      }),
    )

    test(
      'a row that cannot be kept throws nothing, is told by flush, and takes no other with it',
      withStore(open, async (ledger) => {
        ledger.append(exchange('x_a'))
        expect(() => ledger.append(exchange('x_bad', { status: Number.NaN }))).not.toThrow()
        ledger.append(exchange('x_b'))
        await expect(ledger.flush()).rejects.toThrow()
        await ledger.flush()
        expect(ids(await ledger.list({ tenant: 'acme', limit: 10 }))).toEqual(['x_b', 'x_a'])
      }),
    )

    test(
      'pages go from newest to oldest, each row once, also where many began in one millisecond',
      withStore(open, async (ledger) => {
        const rows = Array.from({ length: 25 }, (_, index) =>
          exchange(`x_${String(index).padStart(2, '0')}`, { startedAt: 1_700_000_000_000 + Math.floor(index / 10) }),
        )
        await fill(ledger, [...rows.slice(12), ...rows.slice(0, 12)])
        const seen: string[] = []
        for (let after: string | undefined; ; after = seen.at(-1)) {
          const page = await ledger.list({ tenant: 'acme', limit: 4, ...(after === undefined ? {} : { after }) })
          seen.push(...ids(page))
          if (page.length < 4) break
        }
        expect(seen).toEqual(ids(rows).toReversed())
      }),
    )

    test(
      "a list holds the tenant's rows, or one subject's, or one label's",
      withStore(open, async (ledger) => {
        await fill(ledger, [
          exchange('x_1', { startedAt: 1 }),
          exchange('x_2', { startedAt: 2, owner: { tenant: 'acme', subject: 'bob' }, label: 'job-7' }),
          exchange('x_3', { startedAt: 3, owner: { tenant: 'other', subject: 'ada' }, label: 'job-7' }),
          exchange('x_4', { startedAt: 4, label: 'job-7' }),
        ])
        expect(ids(await ledger.list({ tenant: 'acme', limit: 10 }))).toEqual(['x_4', 'x_2', 'x_1'])
        expect(ids(await ledger.list({ tenant: 'acme', subject: 'ada', limit: 10 }))).toEqual(['x_4', 'x_1'])
        expect(ids(await ledger.list({ tenant: 'acme', label: 'job-7', limit: 10 }))).toEqual(['x_4', 'x_2'])
        expect(ids(await ledger.list({ tenant: 'acme', subject: 'bob', label: 'job-7', limit: 10 }))).toEqual(['x_2'])
        expect(ids(await ledger.list({ tenant: 'acme', subject: 'ada', limit: 10, after: 'x_4' }))).toEqual(['x_1'])
      }),
    )

    test(
      "a cursor that is unknown or another's gives nothing",
      withStore(open, async (ledger) => {
        await fill(ledger, [
          exchange('x_1', { startedAt: 1 }),
          exchange('x_2', { startedAt: 2, owner: { tenant: 'other', subject: 'ada' } }),
        ])
        for (const after of ['x_2', 'x_none']) expect(await ledger.list({ tenant: 'acme', limit: 10, after })).toEqual([])
      }),
    )

    test(
      'one id in two tenants is two rows',
      withStore(open, async (ledger) => {
        const theirs = exchange('x_a', { owner: { tenant: 'other', subject: 'eve' }, attempts: [attempt(7)] })
        await fill(ledger, [exchange('x_a'), theirs])
        expect(await ledger.get('acme', 'x_a')).toEqual(exchange('x_a'))
        expect(await ledger.get('other', 'x_a')).toEqual(theirs)
      }),
    )
  })
}
