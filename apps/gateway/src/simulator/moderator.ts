import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Judgement, Moderated, Moderation } from '@weir/dialects'
import { countTexts } from '../tokens/count.js'
import type { Tokenizer } from '../tokens/tokenizer.js'
import { wordsOf } from './words.js'

/** Words that stand for a category. They are a few of many: whoever wants to be judged needs a model. */
const lexicon: Readonly<Record<string, readonly string[]>> = {
  harassment: ['idiot', 'stupid', 'loser'],
  'harassment/threatening': ['threaten', 'threat'],
  hate: ['hate', 'hateful'],
  'hate/threatening': ['exterminate'],
  illicit: ['counterfeit', 'smuggle', 'launder'],
  'illicit/violent': ['bomb', 'explosive'],
  'self-harm': ['suicide', 'overdose'],
  'self-harm/intent': ['suicidal'],
  'self-harm/instructions': [],
  sexual: ['nude', 'porn'],
  'sexual/minors': [],
  violence: ['kill', 'murder', 'stab', 'shoot'],
  'violence/graphic': ['gore', 'dismember'],
}

/** So many times its words make a category likelier: one does, and no number makes it certain. */
const scoreOf = (times: number): number => 1 - 0.4 ** times

/** Looks for a few words and judges by their number. It does not look at images, and knows no meaning. */
export async function moderator({ input }: Moderation, tokenizer: Tokenizer): Promise<Moderated> {
  const texts = 'texts' in input ? input.texts : [input.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')]
  const results: Judgement[] = []
  for (const text of texts) {
    results.push(judgementOf(wordsOf(text)))
    await nextTurn()
  }
  return { results, usage: { input: await countTexts(texts, tokenizer), cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 } }
}

function judgementOf(words: readonly string[]): Judgement {
  const scores = Object.fromEntries(
    Object.entries(lexicon).map(([category, listed]) => [
      category,
      scoreOf(words.filter((word) => listed.includes(word)).length),
    ]),
  )
  const categories = Object.fromEntries(Object.entries(scores).map(([category, score]) => [category, score >= 0.5]))
  const appliedTo = Object.fromEntries(Object.keys(lexicon).map((category) => [category, ['text']]))
  return { flagged: Object.values(categories).some(Boolean), categories, scores, appliedTo }
}
