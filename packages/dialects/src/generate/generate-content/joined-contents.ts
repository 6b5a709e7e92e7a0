import { isRecord, isString, type Loose } from '../narrow.js'
import { fieldsOf, listOf } from './fields.js'

/** A content, and the place of the first one that went into it. */
export interface Joined {
  readonly content: unknown
  readonly place: number
}

/**
 * What a model said in contents that follow one another is one content: SDKs keep a stream as its chunks, each a content of its own. The
 * pieces of a text become one text again.
 */
export function joinedContents(contents: readonly unknown[]): Joined[] {
  const joined: Joined[] = []
  for (const [place, content] of contents.entries()) {
    const last = joined.at(-1)
    const [before, more] = [partsOfModel(last?.content), partsOfModel(content)]
    if (last && before && more)
      joined[joined.length - 1] = { ...last, content: { role: 'model', parts: joinedParts(before, more) } }
    else joined.push({ content, place })
  }
  return joined
}

/** The parts of a content that is the model's and has nothing beside them. */
function partsOfModel(content: unknown): readonly unknown[] | undefined {
  if (!isRecord(content)) return undefined
  const { role, parts, ...rest } = fieldsOf(content).rest
  return isString(role) && role.toLowerCase() === 'model' && Object.keys(rest).length === 0 ? listOf(parts) : undefined
}

function joinedParts(before: readonly unknown[], more: readonly unknown[]): readonly unknown[] {
  const [last, first] = [before.at(-1), more[0]]
  // The last chunk of a stream has an end to tell, and nothing to say.
  if (isPiece(first) && first.text === '' && !('thoughtSignature' in first)) return [...before, ...more.slice(1)]
  if (!isPiece(last) || !isPiece(first) || 'thoughtSignature' in last || last.thought !== first.thought)
    return [...before, ...more]
  return [...before.slice(0, -1), { ...first, text: last.text + first.text }, ...more.slice(1)]
}

const pieceFields = new Set(['text', 'thought', 'thoughtSignature'])

/** A part that is a text and nothing else, but for a signature. */
const isPiece = (part: unknown): part is Loose & { readonly text: string } =>
  isRecord(part) && isString(part.text) && Object.keys(part).every((field) => pieceFields.has(field))
