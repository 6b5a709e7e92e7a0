import { setMaxListeners } from 'node:events'
import { setImmediate as nextTurn, setTimeout as pass } from 'node:timers/promises'
import { GatewayError, mintId, type IdKind } from '@weir/contracts'
import { folding, type Answering, type Event, type Generated } from '@weir/dialects'
import type { PlainAbility } from '../operations/plain.js'
import { TransportError, type Transport, type UpstreamReply } from '../ports/transport.js'
import { streamBody, type SimulatedRequest } from './byte-stream.js'
import { errorForStatus, errorOf } from './failure.js'
import { faultModels, faultOf, strike, strikeWhole, type Fault } from './faults.js'
import { never, withinHead } from './head.js'
import { plainAt, plainModels, type PlainSpoken } from './plain.js'
import { plan } from './plan.js'
import type { Wait } from './step.js'
import { spokenAt, type Spoken, type SpokenDialect } from './spoken.js'
import { framesOf, passagesOf } from './stream.js'
import { talk, type Voice } from './talker.js'
import { loadTokenizer } from '../tokens/tokenizer.js'

/** The names that the simulator answers to; faults that take a number answer to other numbers too. */
export const simulatorModels: readonly string[] = ['talker', ...Object.keys(plainModels), ...faultModels]

/** Whether the simulator answers to this name: its models, and every fault with a suffix of its own. */
export const isSimulated = (model: string): boolean => simulatorModels.includes(model) || faultOf(model) !== undefined

/** What one of its models does; faults do everything, and do it wrong. */
export function simulatedAbilities(model: string): readonly ('generate' | PlainAbility)[] | undefined {
  if (faultOf(model)) return undefined
  const ability = plainModels[model]
  return [ability ?? 'generate']
}

/**
 * A server in this process that says it is not a model. It takes `simulator:///responses` and its like, reads the body in
 * the dialect of the path, and answers in bytes, so that whoever asks needs no other code than for a provider on the network.
 */
export function simulatorTransport(): Transport {
  const closed = new AbortController()
  // One listener for each answer that is open.
  setMaxListeners(0, closed.signal)
  return {
    send: (request) => receive({ ...request, closing: closed.signal }),
    async close() {
      closed.abort()
    },
  }
}

interface Door {
  readonly errors: PlainSpoken['errors']
  answer(request: SimulatedRequest): Promise<UpstreamReply>
}

/** Who answers at this path; nothing where nobody does. */
function doorAt(pathname: string): Door | undefined {
  const plain = plainAt(pathname)
  if (plain) return { errors: plain.errors, answer: (request) => answerPlain(request, plain) }
  const spoken = spokenAt(pathname)
  return spoken && { errors: spoken.dialect, answer: (request) => answer(request, spoken) }
}

async function receive(request: SimulatedRequest): Promise<UpstreamReply> {
  const { pathname } = new URL(request.url)
  const door = doorAt(pathname)
  if (!door || request.method !== 'POST') {
    return json(request, 404, {
      error: { message: `The simulator has no ${request.method} ${pathname}.`, type: 'invalid_request_error' },
    })
  }
  try {
    return await door.answer(request)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const { status, body } = door.errors.error.encode(error)
    return json(request, status, body, error.retryAfter)
  }
}

async function answerPlain(request: SimulatedRequest, { errors, read }: PlainSpoken): Promise<UpstreamReply> {
  const asked = read(parse(request.body ?? ''))
  const fault = faultOf(asked.model)
  const misbehaviour = fault && (await misbehave(request, errors, fault))
  if (misbehaviour) return misbehaviour
  const { mediaType, content } = await withinHead(request, async () => asked.answer(await loadTokenizer()))
  return reply(request, 200, content, { 'content-type': mediaType }, fault)
}

async function answer(request: SimulatedRequest, { dialect, says, streamType, write }: Spoken): Promise<UpstreamReply> {
  const asked = dialect.request.decode({ ...parse(request.body ?? ''), ...says })
  const fault = faultOf(asked.model)
  if (!fault && asked.model !== 'talker') {
    throw new GatewayError('model_not_found', {
      message: `The simulator has no model ${JSON.stringify(asked.model)}; it has talker and ${faultModels.join(', ')}.`,
      param: 'model',
    })
  }
  const misbehaviour = fault && (await misbehave(request, dialect, fault))
  if (misbehaviour) return misbehaviour

  const voice = await voiceFor(request, dialect)
  const steps = plan(asked)
  const answering: Answering = {
    asked,
    id: voice.id,
    createdAt: voice.createdAt,
    model: asked.model,
    provider: 'simulator',
    stored: false,
  }
  if (asked.stream && steps.find(({ type }) => type !== 'wait')?.type !== 'fail') {
    const utterances = talk(asked, steps, voice)
    const frames = framesOf(fault ? strike(utterances, fault) : utterances, dialect.stream.encode(answering))
    return {
      status: 200,
      headers: { 'content-type': streamType, 'x-request-id': mintId('exchange') },
      body: streamBody(passagesOf(frames, write, fault?.kind), request, fault?.kind === 'split'),
    }
  }
  const generated = await withinHead(request, (signal) => gather(talk(asked, steps, voice), signal))
  const failure = steps.find((step) => step.type === 'fail')
  if (generated.outcome.status === 'failed') throw failure ? errorOf(failure.kind) : new GatewayError('server_error')
  const text = JSON.stringify(dialect.response.encode(generated, answering))
  return reply(request, 200, text, { 'content-type': 'application/json' }, fault)
}

/** The faults that leave nothing to be said; nothing for the others. */
async function misbehave(
  request: SimulatedRequest,
  dialect: PlainSpoken['errors'],
  fault: Fault,
): Promise<UpstreamReply | undefined> {
  switch (fault.kind) {
    case 'refused':
      throw new TransportError('refused', 'The simulator refuses the connection.')
    case 'stall-head':
      return withinHead(request, never)
    case 'status': {
      const error = errorForStatus(fault.amount)
      return json(request, fault.amount, dialect.error.encode(error).body, error.retryAfter)
    }
    case 'error-200':
      return json(request, 200, dialect.error.encode(errorForStatus(500)).body)
    case 'html':
      return reply(request, 200, '<!doctype html><html><body>The simulator is not a web page.</body></html>', {
        'content-type': 'text/html',
      })
    default:
      return undefined
  }
}

const idKinds: Readonly<Record<string, IdKind>> = { 'chat-completions': 'chatCompletion', messages: 'message' }

async function voiceFor(request: SimulatedRequest, dialect: SpokenDialect): Promise<Voice> {
  const tokenizer = await loadTokenizer()
  if (request.signal.aborted) throw new TransportError('aborted', 'The request was aborted.', { cause: request.signal.reason })
  const id = mintId(idKinds[dialect.name] ?? 'response')
  return { dialect: dialect.name, tokenizer, id, createdAt: Math.floor(Date.now() / 1000), mint: mintId }
}

/** The whole answer, made a stretch at a time so that a long one does not hold up its neighbours. */
async function gather(utterances: Iterable<Event | Wait>, signal: AbortSignal): Promise<Generated> {
  const folded = folding()
  let events = 0
  for (const utterance of utterances) {
    if (utterance.type === 'wait') await pass(utterance.milliseconds, undefined, { signal })
    else folded.add(utterance)
    if (++events % 256 === 0) await nextTurn(undefined, { signal })
  }
  return folded.result()
}

function parse(body: string): object {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (cause) {
    throw new GatewayError('malformed_json', { cause })
  }
  if (typeof value !== 'object' || value === null)
    throw new GatewayError('malformed_json', { message: 'The body is not an object.' })
  return value
}

function json(request: SimulatedRequest, status: number, body: object, retryAfter?: number): UpstreamReply {
  const headers = { 'content-type': 'application/json', ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) }
  return reply(request, status, JSON.stringify(body), headers)
}

function reply(
  request: SimulatedRequest,
  status: number,
  text: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
  fault?: Fault,
): UpstreamReply {
  const body = streamBody(strikeWhole(text, fault), request, fault?.kind === 'split')
  return { status, headers: { ...headers, 'x-request-id': mintId('exchange') }, body }
}
