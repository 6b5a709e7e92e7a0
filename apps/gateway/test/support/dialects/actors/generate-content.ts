// Google's generateContent: one kind of chunk, calls that come whole and without ids, lines that end in CR LF as Google's do.
import type { Seen } from '../../upstream.js'
import {
  eachOf,
  inPieces,
  wire,
  wires,
  type Answer,
  type Asked,
  type Failing,
  type Piece,
  type Spent,
  type Wire,
  type Word,
} from '../plain.js'
import { googleParts, signGoogle } from '../google-parts.js'
import { askedOf, complaints, patience, type Actor, type Cut, type Performance } from './actor.js'

const reasons = { end: 'STOP', calls: 'STOP', length: 'MAX_TOKENS', filter: 'SAFETY' } as const

const usageOf = ({ input, cached, output, reasoning }: Spent): object => ({
  promptTokenCount: input,
  ...(cached > 0 && { cachedContentTokenCount: cached }),
  candidatesTokenCount: output - reasoning,
  ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
  totalTokenCount: input + output,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
})

const tail = { modelVersion: 'model', responseId: 'mAitaLmkHPPlz7IPvtfUqQ4' }

function whole({ said, stop, spent }: Answer): object {
  const content = { parts: googleParts(said, (text) => [text], false), role: 'model' }
  return { candidates: [{ content, finishReason: reasons[stop], index: 0 }], usageMetadata: usageOf(spent), ...tail }
}

const chunk = (body: object): string => `data: ${JSON.stringify(body)}\r\n\r\n`

function streams({ said, stop, spent }: Answer, cut: Cut = inPieces): Performance {
  const usage = { promptTokenCount: spent.input, totalTokenCount: spent.input }
  const saying = (part: Wire): string =>
    chunk({ candidates: [{ content: { parts: [part], role: 'model' }, index: 0 }], usageMetadata: usage, ...tail })
  const last = { content: { parts: [{ text: '' }], role: 'model' }, finishReason: reasons[stop], index: 0 }
  return {
    opening: [],
    content: googleParts(said, cut, false).map(saying),
    closing: [chunk({ candidates: [last], usageMetadata: usageOf(spent), ...tail })],
  }
}

const statuses: Readonly<Record<Failing, readonly [code: number, status: string]>> = {
  rejected: [400, 'INVALID_ARGUMENT'],
  unauthorized: [403, 'PERMISSION_DENIED'],
  'not found': [404, 'NOT_FOUND'],
  'too large': [413, 'INVALID_ARGUMENT'],
  'rate limited': [429, 'RESOURCE_EXHAUSTED'],
  failed: [500, 'INTERNAL'],
  overloaded: [503, 'UNAVAILABLE'],
  'too long': [400, 'INVALID_ARGUMENT'],
}

/** Google has words of its own for an input that is too long. */
const tooLong = 'The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).'

const refuses: Actor['refuses'] = (failing) => {
  const [code, status] = statuses[failing]
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${patience - 1}.4s` }]
  const message = failing === 'too long' ? tooLong : complaints[failing]
  return { status: code, body: { error: { code, message, status, ...(failing === 'rate limited' && { details }) } } }
}

function asked({ path, body }: Seen): Asked {
  const [, model = '', verb = ''] = /\/models\/([^:]+):(.*)$/.exec(path) ?? []
  if (verb !== 'generateContent' && verb !== 'streamGenerateContent?alt=sse') throw new Error(`Google has no such path: ${path}`)
  if ('model' in body || 'stream' in body) throw new Error('Google wants the model and the stream in the path alone.')
  const config = wire(body['generationConfig'])
  const { mode, allowedFunctionNames: allowed } = wire(wire(body['toolConfig'])['functionCallingConfig'])
  const level = wire(config['thinkingConfig'])['thinkingLevel']
  return askedOf({
    model: decodeURIComponent(model),
    stream: verb !== 'generateContent',
    system:
      wires(wire(body['systemInstruction'])['parts'])
        .map(({ text }) => String(text))
        .join('\n') || undefined,
    words: wires(body['contents']).flatMap(({ role, parts }) => wordsOf(role, wires(parts))),
    tools: eachOf(body['tools'], ({ functionDeclarations: functions }) =>
      wires(functions).map(({ name, description, parametersJsonSchema: parameters }) => ({ name, description, parameters })),
    )?.flat(),
    choice: choiceOf(mode, allowed),
    schema: config['responseMimeType'] === 'application/json' ? config['responseJsonSchema'] : undefined,
    effort: typeof level === 'string' ? level.toLowerCase() : undefined,
    limit: config['maxOutputTokens'],
    temperature: config['temperature'],
  })
}

function choiceOf(mode: unknown, allowed: unknown): unknown {
  const [name] = Array.isArray(allowed) ? allowed : []
  if (mode === 'ANY') return name === undefined ? 'required' : { name: String(name) }
  return typeof mode === 'string' ? mode.toLowerCase() : undefined
}

function wordsOf(role: unknown, parts: readonly Wire[]): Word[] {
  const words: Word[] = []
  for (const part of parts) {
    const { thoughtSignature: signature } = part
    const token = typeof signature === 'string' ? { token: signature } : {}
    if (part['functionCall']) {
      const { id, name, args } = wire(part['functionCall'])
      // The signature of a call is that of the thoughts before it.
      if (typeof signature === 'string') signGoogle(words, signature)
      words.push({ type: 'call', ...idOf(id), name: String(name), arguments: JSON.stringify(args) })
    } else if (part['functionResponse']) {
      const { id, name, response, parts: shown } = wire(part['functionResponse'])
      const { output, ...more } = wire(response)
      const bare = typeof output === 'string' && Object.keys(more).length === 0
      const said =
        Object.keys(wire(response)).length > 0 ? [{ type: 'text', text: bare ? output : JSON.stringify(response) } as const] : []
      words.push({ type: 'result', ...idOf(id), name: String(name), pieces: [...said, ...wires(shown).map(pieceOf)] })
    } else if (role === 'model') {
      if (part['thought'] === true) words.push({ type: 'reasoning', text: String(part['text']), ...token })
      else {
        if (typeof signature === 'string') signGoogle(words, signature)
        words.push({ type: 'text', text: String(part['text']) })
      }
    } else {
      const last = words.at(-1)
      if (last?.type === 'user') words[words.length - 1] = { ...last, pieces: [...last.pieces, pieceOf(part)] }
      else words.push({ type: 'user', pieces: [pieceOf(part)] })
    }
  }
  return words
}

const idOf = (id: unknown): { id?: string } => (typeof id === 'string' ? { id } : {})

function pieceOf(part: Wire): Piece {
  const { mimeType, data } = wire(part['inlineData'])
  if (typeof part['text'] === 'string') return { type: 'text', text: part['text'] }
  if (mimeType === 'image/png') return { type: 'image', data: String(data) }
  if (mimeType === 'application/pdf') return { type: 'file', data: String(data) }
  throw new Error(`Google knows no such part: ${JSON.stringify(part)}`)
}

export const generateContentActor: Actor = {
  streamType: 'text/event-stream',
  whole,
  streams,
  refuses,
  breaks: chunk({ error: { code: 503, message: complaints.overloaded, status: 'UNAVAILABLE' } }),
  asked,
}
