import {
  append,
  eventsOf,
  given,
  messagesOf,
  wire,
  wires,
  type Piece,
  type Question,
  type Said,
  type Stop,
  type Told,
  type Wire,
} from '../plain.js'
import { googleParts, signGoogle } from '../google-parts.js'
import { must, spentOf, type Caller } from './caller.js'

function partOf(piece: Piece): object {
  switch (piece.type) {
    case 'text':
      return { text: piece.text }
    case 'image':
      return { inlineData: { mimeType: 'image/png', data: piece.data } }
    default:
      return { inlineData: { mimeType: 'application/pdf', data: piece.data } }
  }
}

/** A result that is an object goes as one. */
function objectOf(output: string): object | undefined {
  return output.startsWith('{') ? (JSON.parse(output) as object) : undefined
}

function contentList({ words }: Question): object[] {
  return messagesOf(words).map((message) => {
    if (message.by === 'model') return { role: 'model', parts: googleParts(message.said, (text) => [text], true) }
    const parts = message.words.flatMap((word) => {
      if (word.type === 'user') return word.pieces.map(partOf)
      const { id, name, pieces } = word
      const output = pieces.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])).join('')
      const shown = pieces.filter(({ type }) => type !== 'text').map(partOf)
      return [
        {
          functionResponse: given({
            id,
            name,
            response: objectOf(output) ?? { output },
            parts: shown.length > 0 ? shown : undefined,
          }),
        },
      ]
    })
    return { role: 'user', parts }
  })
}

const asks: Caller['asks'] = (model, question, stream) => {
  const { system, tools, choice, schema, effort, limit, temperature } = question
  const mode = choice === undefined || typeof choice === 'object' ? 'ANY' : choice === 'required' ? 'ANY' : choice.toUpperCase()
  const calling = given({ mode, allowedFunctionNames: typeof choice === 'object' ? [choice.name] : undefined })
  const config = given({
    responseMimeType: schema && 'application/json',
    responseJsonSchema: schema,
    thinkingConfig: effort === undefined ? undefined : { thinkingLevel: effort.toUpperCase(), includeThoughts: true },
    maxOutputTokens: limit,
    temperature,
  })
  const body = given({
    systemInstruction: system === undefined ? undefined : { parts: [{ text: system }] },
    contents: contentList(question),
    tools: tools && [
      {
        functionDeclarations: tools.map(({ name, description, parameters }) => ({
          name,
          description,
          parametersJsonSchema: parameters,
        })),
      },
    ],
    toolConfig: choice && { functionCallingConfig: calling },
    generationConfig: Object.keys(config).length > 0 ? config : undefined,
  })
  return { path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`, body }
}

const stops: Readonly<Record<string, Stop>> = { STOP: 'end', MAX_TOKENS: 'length', SAFETY: 'filter' }

/** The parts of an answer, or of each of its chunks: texts that follow each other are one. */
function joined(parts: readonly Wire[]): Said[] {
  const said: Said[] = []
  for (const part of parts) {
    const { text, thought, thoughtSignature: token, functionCall } = part
    if (functionCall) {
      const { id, name, args } = wire(functionCall)
      if (typeof token === 'string') signGoogle(said, token)
      const named = typeof id === 'string' ? { id } : {}
      said.push({ type: 'call', ...named, name: String(name), arguments: JSON.stringify(args) })
      continue
    }
    if (typeof text !== 'string') continue
    if (thought === true) append(said, { type: 'reasoning', text, ...(typeof token === 'string' && { token, apart: true }) })
    else if (text === '' && typeof token === 'string') said.push({ type: 'reasoning', text, token, redacted: true, apart: true })
    else {
      if (typeof token === 'string') signGoogle(said, token)
      if (text !== '') append(said, { type: 'text', text })
    }
  }
  return said
}

function reads(body: Wire): Told {
  if (body['error']) return { said: [], error: readsError(body) }
  const [candidate] = wires(body['candidates'])
  return toldOf(wires(wire(candidate?.['content'])['parts']), candidate?.['finishReason'], body['usageMetadata'])
}

function toldOf(parts: readonly Wire[], reason: unknown, usage: unknown): Told {
  const said = joined(parts)
  must(typeof reason === 'string', 'an answer that ended says why')
  const stop = stops[reason] ?? 'strange'
  const strange = parts.flatMap((part) => ('text' in part || 'functionCall' in part ? [] : Object.keys(part)))
  const {
    promptTokenCount: input,
    cachedContentTokenCount: cached,
    candidatesTokenCount: spoken,
    thoughtsTokenCount: thought,
  } = wire(usage)
  return {
    said,
    stop: stop === 'end' && said.some(({ type }) => type === 'call') ? 'calls' : stop,
    spent: spentOf(input, cached, Number(spoken ?? 0) + Number(thought ?? 0), thought),
    ...(strange.length > 0 && { strange }),
  }
}

function hears(stream: string): Told {
  const chunks = eventsOf(stream).map(({ data }) => wire(JSON.parse(data)))
  const parts: Wire[] = []
  let reason: unknown
  for (const chunk of chunks) {
    if (chunk['error']) {
      must(chunk === chunks.at(-1) && reason === undefined, 'nothing follows an error, and what failed has not finished')
      return { said: joined(parts), error: readsError(chunk) }
    }
    const [candidate] = wires(chunk['candidates'])
    parts.push(...wires(wire(candidate?.['content'])['parts']))
    reason = candidate?.['finishReason'] ?? reason
  }
  return toldOf(parts, reason, chunks.at(-1)?.['usageMetadata'])
}

function readsError(body: Wire): { name: string; message: string } {
  const { code, status, message } = wire(body['error'])
  must(typeof code === 'number' && typeof message === 'string', 'an error has a code and a message')
  return { name: String(status), message }
}

export const generateContentCaller: Caller = {
  asks,
  credential: (key) => ({ 'x-goog-api-key': key }),
  reads,
  hears,
  readsError,
  errors: {
    rejected: [400, 'INVALID_ARGUMENT'],
    unauthorized: [502, 'INTERNAL'],
    'not found': [404, 'NOT_FOUND'],
    'too large': [400, 'INVALID_ARGUMENT'],
    'rate limited': [429, 'RESOURCE_EXHAUSTED'],
    failed: [502, 'INTERNAL'],
    overloaded: [503, 'UNAVAILABLE'],
    'too long': [400, 'INVALID_ARGUMENT'],
  },
  malformed: 'INTERNAL',
  brokenOff: () => 'UNAVAILABLE',
}
