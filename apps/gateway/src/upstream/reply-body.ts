import { GatewayError } from '@weir/contracts'
import type { ByteStream } from '../ports/transport.js'

/** The object that a text is as JSON; `undefined` for anything else. */
export function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The whole body as text; rejects with what broke it, and beyond `longest` bytes. */
export function collect(body: ByteStream, longest: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder()
    let text = ''
    body.start({
      data(bytes) {
        text += decoder.decode(bytes, { stream: true })
        if (text.length <= longest) return
        body.destroy()
        reject(new GatewayError('upstream_malformed', { detail: `The answer is longer than ${longest} characters.` }))
      },
      end: () => resolve(text + decoder.decode()),
      fail: reject,
    })
  })
}
