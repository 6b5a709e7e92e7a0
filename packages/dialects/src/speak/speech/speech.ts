// OpenAI's speech, which many servers speak.
import { GatewayError, type speech as wire } from '@weir/contracts'
import { extrasOf, ownExtras } from '../../generate/canonical/extras.js'
import type { Encoded, Loss } from '../../generate/canonical/loss.js'
import { decodeError } from '../../generate/chat-completions/error.js'
import { isNumber, isOneOf, isString, known, taking } from '../../generate/narrow.js'
import { encodeOpenAiError } from '../../generate/openai-error.js'
import type { BytesDialect, PlainTarget } from '../../plain-dialect.js'
import { withoutRejected } from '../../plain-rejects.js'
import type { Speaking } from '../canonical.js'

const mediaTypes: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
}

export const speech: BytesDialect<Speaking, wire.SpeechRequest> = {
  name: 'speech',
  request: { decode: decodeRequest, encode: encodeRequest },
  address: (body) => ({ path: '/audio/speech', body }),
  mediaType: ({ format = 'mp3' }) => mediaTypes[format] ?? 'application/octet-stream',
  error: { decode: decodeError, encode: encodeOpenAiError },
}

/** Throws 400 `unsupported_parameter` for a stream of events. */
function decodeRequest(wire: wire.SpeechRequest): Speaking {
  const { take, rest } = taking(wire)
  if (take('stream_format', isString) === 'sse')
    throw new GatewayError('unsupported_parameter', {
      message: 'stream_format: "sse" is not here yet; the bytes of "audio" come as they are made.',
      param: 'stream_format',
    })
  const model = take('model', isString) ?? ''
  const input = take('input', isString) ?? ''
  const instructions = take('instructions', isString)
  const format = take('response_format', isString)
  const speed = take('speed', isNumber)
  delete rest.voice
  return { model, input, voice: wire.voice, ...known({ instructions, format, speed }), ...extrasOf('speech', rest) }
}

const isFormat = isOneOf('mp3', 'opus', 'aac', 'flac', 'wav', 'pcm')

function encodeRequest(asked: Speaking, { model, quirks = {} }: PlainTarget): Encoded<wire.SpeechRequest> {
  const losses: Loss[] = []
  const { input, voice, instructions, format, speed } = asked
  const { mostCharacters = Infinity } = quirks
  if (input.length > mostCharacters)
    losses.push({
      path: 'input',
      disposition: 'refused',
      reason: `It says at most ${mostCharacters} characters at once, and these are ${input.length}.`,
    })
  const body: wire.SpeechRequest = {
    ...ownExtras('speech', asked.extras, '', losses),
    model,
    input,
    voice,
    ...known({ instructions, response_format: isFormat(format) ? format : undefined, speed }),
  }
  return { body: withoutRejected(body, quirks, losses), losses }
}
