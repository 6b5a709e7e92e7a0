import { given, type Said, type Wire, type Word } from './plain.js'

/**
 * What a model of Google's says, in parts. The signature of its thoughts stands on its first call or, where it calls nothing, on the end
 * of its text.
 */
export function googleParts(said: readonly Said[], cut: (text: string) => readonly string[], ids: boolean): Wire[] {
  const token = said.flatMap((each) => (each.type === 'reasoning' && !each.apart ? [each.token] : [])).at(-1)
  const signed = said.find(({ type }) => type === 'call') ?? said.findLast(({ type }) => type !== 'reasoning')
  return said.flatMap((each): Wire[] => {
    const signature = given({ thoughtSignature: each === signed ? token : undefined })
    if (each.type === 'reasoning' && each.apart)
      return [{ text: each.text, ...(!each.redacted && { thought: true }), thoughtSignature: each.token }]
    if (each.type === 'reasoning' && each.redacted) return []
    if (each.type === 'reasoning') return cut(each.text).map((text) => ({ text, thought: true }))
    if (each.type !== 'call')
      return cut(each.text).map((text, place, { length }) => ({ text, ...(place === length - 1 && signature) }))
    const { id, name } = each
    const args = JSON.parse(each.arguments) as unknown
    return [{ functionCall: given({ id: ids ? id : undefined, name, args }), ...signature }]
  })
}

/** Gives a token to the thoughts that were told last and have none. */
export function signGoogle(words: Word[], token: string): void {
  const place = words.findLastIndex((each) => each.type === 'reasoning' && each.token === undefined)
  const thought = words[place]
  if (thought?.type === 'reasoning') words[place] = { ...thought, token }
  else words.splice(words.at(-1)?.type === 'text' ? -1 : words.length, 0, { type: 'reasoning', text: '', token })
}
