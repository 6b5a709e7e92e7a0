import { GatewayError } from '@weir/contracts'
import type { Speaking } from '@weir/dialects'

const voices = ['alloy', 'ash', 'ballad', 'coral', 'echo', 'fable', 'onyx', 'nova', 'sage', 'shimmer', 'verse', 'marin', 'cedar']
const formats = ['mp3', 'wav', 'pcm']
const mostCharacters = 4096

/** Samples a second, of 16 bits each, one channel: OpenAI's `pcm`. */
const rate = 24_000
const bytesPerSample = 2
/** Seconds that a character takes at speed 1. */
const perCharacter = 0.05
const loudness = 6000

/** A frame of silence: MPEG-1 layer III, 44.1 kHz and 128 kbit/s. Nothing in it but its head. */
const silentFrame = Uint8Array.from({ length: 417 }, (_, place) => [0xff, 0xfb, 0x90, 0xc4][place] ?? 0)
const frameSeconds = 1152 / 44_100

/** Whistles a text, one tone for each character, in as much time as it would take to say it; as mp3 it is silent for as long. */
export function speaker({ input, voice, format = 'mp3', speed = 1 }: Speaking): Uint8Array {
  if (typeof voice !== 'string' || !voices.includes(voice))
    throw refusal('voice', `the simulator has no such voice; it has ${voices.join(', ')}.`)
  if (!formats.includes(format)) throw refusal('response_format', `the simulator makes ${formats.join(', ')}.`)
  if (input.length > mostCharacters) throw refusal('input', `the simulator says at most ${mostCharacters} characters at once.`)
  const seconds = perCharacter / speed
  if (format === 'mp3') {
    const frames = Math.max(1, Math.round((input.length * seconds) / frameSeconds))
    return Buffer.concat(Array.from({ length: frames }, () => silentFrame))
  }
  const sound = whistled(input, Math.round(seconds * rate))
  return format === 'pcm' ? sound : Buffer.concat([wavHead(sound.length), sound])
}

function refusal(param: string, reason: string): GatewayError {
  return new GatewayError('invalid_value', { message: `${param}: ${reason}`, param })
}

function whistled(text: string, samples: number): Buffer {
  const sound = Buffer.alloc(text.length * samples * bytesPerSample)
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place)
    // A space is a rest.
    if (code === 32) continue
    const step = (2 * Math.PI * (200 + (code % 64) * 12)) / rate
    for (let sample = 0; sample < samples; sample++)
      sound.writeInt16LE(Math.round(loudness * Math.sin(step * sample)), (place * samples + sample) * bytesPerSample)
  }
  return sound
}

function wavHead(bytes: number): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + bytes, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * bytesPerSample, 28)
  head.writeUInt16LE(bytesPerSample, 32)
  head.writeUInt16LE(bytesPerSample * 8, 34)
  head.write('data', 36)
  head.writeUInt32LE(bytes, 40)
  return head
}
