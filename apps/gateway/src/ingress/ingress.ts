import {
  GatewayError,
  chatCompletionsRequestFields,
  firstIssue,
  mintId,
  responsesRequestFields,
  type responses,
} from '@weir/contracts'
import { normalize, type Generation } from '@weir/dialects'
import type { Ask, Authenticated, Ingressed } from '../exchange.js'
import type { IngressDialect } from '../operations/generate.js'
import { labels } from './labels.js'
import { compactionOf } from './compaction.js'
import { assertOneMeaning } from './one-meaning.js'

/** The fields that the journey itself reads, whichever dialect they come in. */
interface CommonFields {
  readonly model: string
  readonly stream?: boolean | null
  readonly store?: boolean | null
  readonly background?: boolean | null
  readonly previous_response_id?: string | null
  /** By its id, in the Responses dialect. */
  readonly conversation?: string | null
  readonly truncation?: string | null
  readonly include?: readonly string[] | null
  readonly input?: string | responses.InputItem[] | null
  readonly context_management?: responses.ResponsesRequest['context_management']
}

// Of every dialect at once: a field of one of them may well be understood by an upstream that speaks another.
const knownFields: ReadonlySet<string> = new Set([...responsesRequestFields, ...chatCompletionsRequestFields])

/**
 * Reads the body of a known caller and checks it. Throws what `readBody` throws, and 400 naming the field for a body that has
 * two meanings, a wrong type in a known field, or asks for what is not here yet.
 */
export async function ingress(exchange: Authenticated): Promise<Ingressed> {
  const { trail, dialect, head } = exchange
  const metadata = labels(head)
  trail.metadata = metadata
  const raw = await exchange.readBody()
  const entry = exchange.operation.ingress[dialect]
  if (!entry) throw new GatewayError('not_found')
  if (raw !== null && typeof raw === 'object') assertOneMeaning(raw, knownFields)
  const checked = entry.schema.safeParse(raw)
  if (!checked.success) {
    const { path, message, missing } = firstIssue(checked.error)
    throw new GatewayError(missing ? 'missing_required_parameter' : 'invalid_value', {
      message: `${path || 'The body'}: ${message}`,
      param: path || null,
    })
  }
  const body = dialect === 'responses' ? byId(normalize(checked.data as Parameters<typeof normalize>[0])) : checked.data
  // Both dialects name these fields alike; the schema has checked them.
  const fields = body as CommonFields
  refuseWhatIsNotHere(fields, dialect)
  const ask: Ask = {
    model: fields.model,
    stream: fields.stream === true,
    store: fields.store ?? entry.storesByDefault,
    background: dialect === 'responses' && fields.background === true,
    previousResponseId: (dialect === 'responses' && fields.previous_response_id) || undefined,
    conversation: (dialect === 'responses' && fields.conversation) || undefined,
    truncates: dialect === 'responses' && fields.truncation === 'auto',
    compaction: dialect === 'responses' ? compactionOf(fields) : undefined,
    include: fields.include ?? [],
    labels: metadata,
  }
  // The response's id is Weir's own from the beginning, whatever the upstream will call it.
  if (dialect === 'responses' || ask.store) trail.responseId = exchange.job?.id ?? mintId('response')
  trail.model = ask.model
  trail.stream = exchange.job?.stream ?? ask.stream
  return { ...exchange, ingress: entry, ask, ...asking(entry, body) }
}

/** A body, and what it asks in the canonical form: one memo of it, so that whoever looks sees the same. */
export function asking(entry: IngressDialect, body: object): Pick<Ingressed, 'body' | 'asked'> {
  let generation: Generation | undefined
  return { body, asked: () => (generation ??= entry.codec.request.decode(body)) }
}

/** With the conversation by its id alone: a caller may send the whole object as it got it. */
function byId(body: responses.ResponsesRequest): responses.ResponsesRequest {
  const { conversation } = body
  return typeof conversation === 'object' && conversation ? { ...body, conversation: conversation.id } : body
}

function refuseWhatIsNotHere(fields: CommonFields, dialect: string): void {
  if (dialect !== 'responses') return
  const continues = fields.previous_response_id || fields.conversation
  if ((fields.input === undefined || fields.input === null) && !continues)
    throw new GatewayError('missing_required_parameter', { message: 'input: send a string or a list of items.', param: 'input' })
}
