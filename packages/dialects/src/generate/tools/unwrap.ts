import { parsed } from '../parsed.js'

/** The arguments of a function that stands in for a free-text tool. */
export const wrapInput = (input: string): string => JSON.stringify({ input })

/** Takes the text out of `{"input":"…"}` while it comes. What its calls give, one after the other, is the whole text. */
export interface Unwrapping {
  push(text: string): string
  /** To be called once, after the last `push`. */
  end(): string
}

const wrapping = /^\s*\{\s*"input"\s*:\s*"/
/** As much as is looked at for the wrapping, so that a text without it is not searched again with every piece. */
const longestHead = 256
/** What may follow the text where nothing is wrong with it, or nothing but that it was cut off. */
const closing = /^"\s*\}?\s*$/

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/**
 * No text is lost, whatever a model sends: what is no wrapping is given as it came (a bare JSON string without its quotes), and of
 * a wrapping that breaks off or goes on in another way the rest is given as it came. Never throws.
 */
export function unwrapping(): Unwrapping {
  const special = /["\\]/g
  const pieces: string[] = []
  let state: 'head' | 'text' | 'tail' = 'head'
  let head = ''
  /** An escape that has not come to its end. */
  let escape = ''
  /** The first half of a pair, which is given together with the second. */
  let high = ''
  let tail = ''

  /** A character, behind the half that waits for it. */
  function joined(character: string): string {
    const code = character.charCodeAt(0)
    if (high !== '') {
      const both = high + character
      high = ''
      return both
    }
    if (code >= 0xd800 && code <= 0xdbff) {
      high = character
      return ''
    }
    return character
  }

  function flushed(): string {
    const half = high
    high = ''
    return half
  }

  /** What an escape means so far; `undefined` while it may go on. One that JSON does not know is given as it came. */
  function meaning(): string | undefined {
    if (escape.length < 2) return undefined
    const [, second = ''] = escape
    if (second !== 'u') return escapes[second] === undefined ? flushed() + escape : joined(escapes[second])
    if (!/^\\u[0-9a-fA-F]{0,4}$/.test(escape)) return flushed() + escape
    return escape.length < 6 ? undefined : joined(String.fromCharCode(Number.parseInt(escape.slice(2), 16)))
  }

  function read(text: string): string {
    let given = ''
    let place = 0
    while (place < text.length) {
      if (state === 'tail') {
        tail += text.slice(place)
        break
      }
      const character = text.charAt(place)
      if (escape !== '') {
        escape += character
        place++
        const meant = meaning()
        if (meant === undefined) continue
        given += meant
        escape = ''
      } else if (character === '\\') {
        escape = character
        place++
      } else if (character === '"') {
        given += flushed()
        state = 'tail'
      } else {
        special.lastIndex = place
        const next = special.exec(text)?.index ?? text.length
        given += flushed() + text.slice(place, next)
        place = next
      }
    }
    return given
  }

  return {
    push(text) {
      pieces.push(text)
      if (state !== 'head') return read(text)
      if (head.length >= longestHead) return ''
      head += text
      const found = wrapping.exec(head)
      if (!found) return ''
      state = 'text'
      return read(head.slice(found[0].length))
    },
    end() {
      const whole = pieces.join('')
      if (state === 'head') return fallback(whole)
      const left = flushed() + escape
      if (state === 'text' || closing.test(tail) || isObject(parsed(whole))) return left
      return left + tail
    },
  }
}

/** The whole of it at once. */
export function unwrapped(text: string): string {
  const reader = unwrapping()
  return reader.push(text) + reader.end()
}

/** The text of arguments that do not begin as the wrapping does. */
function fallback(text: string): string {
  const value = parsed(text)
  if (typeof value === 'string') return value
  return isObject(value) && 'input' in value && typeof value.input === 'string' ? value.input : text
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
