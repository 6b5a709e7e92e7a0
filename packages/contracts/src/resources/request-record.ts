// What the gateway keeps of one exchange. Times are ISO 8601 in UTC with milliseconds, durations are whole milliseconds.
import * as z from 'zod'
import { listOf } from './list.js'

const time = z.iso.datetime({ precision: 3 })
const milliseconds = z.number().min(0)

export const attemptRecordSchema = z
  .object({
    number: z.int().min(1),
    account: z.string(),
    model: z.string(),
    started_at: time,
    latency_ms: milliseconds,
    status: z.int().nullable().meta({ description: "The upstream's HTTP status; null where none came." }),
    outcome: z.enum(['succeeded', 'failed', 'aborted']),
    failure: z.string().nullable(),
    upstream_id: z.string().nullable().meta({ description: 'The id that the upstream gave to its answer.' }),
  })
  .meta({ id: 'AttemptRecord' })
export interface AttemptRecord extends z.output<typeof attemptRecordSchema> {}

export const lossSchema = z
  .object({
    path: z.string(),
    disposition: z.enum(['approximated', 'dropped', 'refused']),
    reason: z.string(),
  })
  .meta({ id: 'Loss', description: 'What a translation between dialects could not carry over.' })
export interface Loss extends z.output<typeof lossSchema> {}

const tokens = z.int().min(0)

export const usageBucketsSchema = z
  .object({
    input: tokens.meta({ description: 'Text, and what no provider tells apart from it; not from a cache and not for one.' }),
    cache_read: tokens,
    cache_write: tokens.meta({ description: 'Written to a cache that lasts for minutes, or for a time that nobody told.' }),
    cache_write_hour: tokens.meta({ description: 'Written to a cache that lasts for an hour.' }),
    audio_input: tokens,
    image_input: tokens,
    output: tokens.meta({ description: 'Text, and what no provider tells apart from it; without reasoning.' }),
    audio_output: tokens,
    image_output: tokens,
    reasoning: tokens,
  })
  .meta({ id: 'UsageBuckets', description: 'Tokens in buckets that do not overlap: their sum is `total_tokens`.' })
export interface UsageBuckets extends z.output<typeof usageBucketsSchema> {}

export const recordedUsageSchema = z
  .object({
    input_tokens: tokens.meta({ description: 'All input, be it from a cache or not, text or not.' }),
    cached_tokens: tokens.meta({ description: 'What of the input was read from a cache.' }),
    cache_write_tokens: tokens.meta({ description: 'What of the input was written to a cache, however long that lasts.' }),
    output_tokens: tokens.meta({ description: 'All output, with the reasoning.' }),
    reasoning_tokens: tokens.meta({ description: 'What of the output was reasoning.' }),
    total_tokens: tokens,
    buckets: usageBucketsSchema,
    estimated: z
      .boolean()
      .meta({ description: 'Whether the gateway counted, by a tokenizer, because the provider did not say.' }),
    provider_total_tokens: tokens.nullable().meta({
      description:
        'The total as the provider told it, where that is another than the sum of what it told in parts; null where the two agree or it told none.',
    }),
  })
  .meta({ id: 'RecordedUsage' })
export interface RecordedUsage extends z.output<typeof recordedUsageSchema> {}

export const requestRecordSchema = z
  .object({
    id: z.string().meta({ description: 'The exchange id, which every answer carries as x-request-id.' }),
    label: z.string().nullable().meta({ description: 'The x-request-id that the caller sent.' }),
    subject: z.string().meta({ description: 'The user or virtual account on whose behalf it ran.' }),
    started_at: time,
    ended_at: time,
    operation: z.string(),
    dialect: z.string(),
    lane: z.enum(['native', 'translated']).nullable(),
    stream: z.boolean(),
    model: z.string().nullable().meta({ description: 'The model as it was asked for.' }),
    account: z.string().nullable().meta({ description: 'The account that answered.' }),
    upstream_model: z.string().nullable(),
    status: z.int().meta({ description: 'The HTTP status that the caller got; 499 where it left.' }),
    outcome: z.enum(['completed', 'incomplete', 'failed', 'refused', 'client_closed']),
    error_code: z.string().nullable(),
    response_id: z.string().nullable(),
    stored: z.boolean(),
    usage: recordedUsageSchema.nullable(),
    time_to_first_token_ms: milliseconds.nullable(),
    latency_ms: milliseconds,
    losses: z.array(lossSchema),
    metadata: z.record(z.string(), z.string()),
    attempts: z.array(attemptRecordSchema),
  })
  .meta({ id: 'RequestRecord' })
export interface RequestRecord extends z.output<typeof requestRecordSchema> {}

export const requestRecordListSchema = listOf(requestRecordSchema).meta({ id: 'RequestRecordList' })
export interface RequestRecordList extends z.output<typeof requestRecordListSchema> {}
