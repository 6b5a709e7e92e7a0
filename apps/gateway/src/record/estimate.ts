import type { Item, Usage } from '@weir/dialects'

/** Bytes of UTF-8 to a token: less than most languages need, so that what nobody counted is not counted too low. */
const bytesPerToken = 3

const tokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / bytesPerToken)

/** What an image or a file costs hangs on what it shows, and not on its bytes. Tokens, rather many than few. */
const tokensPerAttachment = 1500

function inputTokens(body: object): number {
  let attachments = 0
  const text = JSON.stringify(body, (_, value: unknown) => {
    if (typeof value !== 'string' || !/^data:[^,]{0,200};base64,/.test(value)) return value
    attachments++
    return ''
  })
  return tokens(text) + attachments * tokensPerAttachment
}

/** What an answer without usage took, guessed from what was sent and what came; `undefined` where nothing came. */
export function estimate(items: readonly Item[], body: object): Usage | undefined {
  const output = tokens(items.map(visibleText).join(''))
  if (output === 0) return undefined
  return { input: inputTokens(body), cacheRead: 0, cacheWrite: 0, output, reasoning: 0, estimated: true }
}

function visibleText(item: Item): string {
  switch (item.type) {
    case 'message':
      return item.content.map((part) => (part.type === 'text' ? part.text : part.type === 'refusal' ? part.refusal : '')).join('')
    case 'reasoning':
      return [...item.summary, ...(item.content ?? [])].join('')
    case 'tool-call':
      return item.name + item.arguments
    default:
      return ''
  }
}
