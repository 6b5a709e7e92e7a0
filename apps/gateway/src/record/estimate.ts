import type { Generation, Item, Usage } from '@weir/dialects'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { countRequest, countTexts } from '../tokens/count.js'
import { encodingOf, loadTokenizer } from '../tokens/tokenizer.js'

/** A question and what came of it. */
export interface Uncounted {
  /** The model, which has an encoding of its own. */
  readonly model: string
  /** What was sent to it. May throw: then nothing is told of what it took. */
  readonly asked: () => Generation
  readonly answer: readonly Item[]
}

let latest: Promise<unknown> = Promise.resolve()

/**
 * What an answer without usage took, by the tokenizer of its model; `undefined` where nothing came. For after the answer has left:
 * the first estimate loads the tokenizer, and they are made one after the other, a turn of the event loop between any two, so that
 * many answers that end together do not hold up those that go on.
 */
export function estimate(uncounted: Uncounted): Promise<Usage | undefined> {
  const estimated = latest.then(() => counted(uncounted))
  latest = estimated.catch(() => {})
  return estimated
}

/** What a model has read of a request whose provider told nothing of it. In the same queue. */
export function estimateTexts(model: string, texts: readonly string[]): Promise<Usage> {
  const estimated = latest.then(async (): Promise<Usage> => {
    await nextTurn()
    const input = await countTexts(texts, await loadTokenizer(encodingOf(model)))
    return { input, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0, estimated: true }
  })
  latest = estimated.catch(() => {})
  return estimated
}

async function counted({ model, asked, answer }: Uncounted): Promise<Usage | undefined> {
  const thoughts = answer.flatMap(thoughtsOf)
  const texts = answer.flatMap(textsOf)
  if ([...thoughts, ...texts].every((text) => text === '')) return undefined
  const sent = readable(asked)
  if (!sent) return undefined
  await nextTurn()
  const tokenizer = await loadTokenizer(encodingOf(model))
  return {
    input: await countRequest(sent, sent.items, tokenizer),
    cacheRead: 0,
    cacheWrite: 0,
    output: await countTexts(texts, tokenizer),
    reasoning: await countTexts(thoughts, tokenizer),
    estimated: true,
  }
}

/** A caller's own body that its upstream understood need not be one that Weir does. */
function readable(asked: () => Generation): Generation | undefined {
  try {
    return asked()
  } catch {
    return undefined
  }
}

const thoughtsOf = (item: Item): readonly string[] =>
  item.type === 'reasoning' ? [...(item.content && item.content.length > 0 ? item.content : item.summary)] : []

function textsOf(item: Item): readonly string[] {
  switch (item.type) {
    case 'message':
      return item.content.map((part) => (part.type === 'text' ? part.text : part.type === 'refusal' ? part.refusal : ''))
    case 'tool-call':
      return [item.name, item.arguments]
    default:
      return []
  }
}
