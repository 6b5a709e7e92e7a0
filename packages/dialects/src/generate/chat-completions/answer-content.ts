import { isList, isRecord, isString } from '../narrow.js'

/** The text of an answer's content, which some servers send as a list of parts with the thinking among them. */
export function readContent(content: unknown): { text: string; thinking: string } {
  if (isString(content)) return { text: content, thinking: '' }
  let text = ''
  let thinking = ''
  for (const part of isList(content) ? content : []) {
    if (isString(part)) text += part
    else if (isRecord(part) && isString(part.text)) text += part.text
    else if (isRecord(part) && part.type === 'thinking')
      thinking += isString(part.thinking) ? part.thinking : readContent(part.thinking).text
    // The thought itself, whatever its field is called.
    else if (isRecord(part) && part.type === 'reasoning') thinking += readContent(part.summary).text
  }
  return { text, thinking }
}
