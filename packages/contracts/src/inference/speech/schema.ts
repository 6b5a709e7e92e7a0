// What POST /audio/speech takes, as far as it is checked: known fields, for their type and range.
import { either, name, named, nullish, number, object, oneOf, text, wireSchema } from '../rule.js'
import type { SpeechRequest } from './wire.js'

/** Exported for the test against drift from the wire type. */
export const requestFields = {
  model: name,
  input: name,
  voice: either(name, object({ id: name })),
  instructions: nullish(text),
  response_format: nullish(oneOf('mp3', 'opus', 'aac', 'flac', 'wav', 'pcm')),
  speed: nullish(number({ minimum: 0.25, maximum: 4 })),
  stream_format: nullish(oneOf('audio', 'sse')),
} as const

/** The names of the fields that a request is known by. */
export const speechRequestFields: readonly string[] = Object.keys(requestFields)

const request = named('SpeechRequest', object(requestFields))

export const speechRequestSchema = wireSchema<SpeechRequest>(request)

export const speechComponents = request.components
