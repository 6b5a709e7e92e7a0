// Images and files in the wire of a caller's dialect: where they stand, and how they are said in another way.
import type { AttachmentPlaces } from '../operations/operation.js'
import { inResponses } from './speech/responses.js'
import { isRecord, type Part, type Replace, type Speech } from './speech/speech.js'

/** The body with its attachments replaced; the very same one where none is. */
export function replaceInBody(place: AttachmentPlaces, body: object, replace: Replace): object {
  // A body of a known dialect has been checked; what is not a list holds no parts.
  const list = (body as Part)[place.list]
  if (!Array.isArray(list)) return body
  const replaced = replaceInList(list, place, place.list, replace)
  return replaced === list ? body : { ...body, [place.list]: replaced }
}

/** Items of Responses with their attachments replaced. `name`: how errors and losses call the list. */
export function replaceInItems<Item>(items: readonly Item[], name: string, replace: Replace): readonly Item[] {
  return replaceInList(items, { fields: ['content', 'output'], speech: inResponses }, name, replace)
}

function replaceInList<Item>(
  list: readonly Item[],
  { fields, speech }: { readonly fields: readonly string[]; readonly speech: Speech },
  name: string,
  replace: Replace,
): readonly Item[] {
  let changed: Item[] | undefined
  for (const [place, item] of list.entries()) {
    if (!isRecord(item)) continue
    for (const field of fields) {
      const held = item[field]
      if (typeof held !== 'object' || held === null) continue
      const now = replaceInParts(held, `${name}[${place}].${field}`, speech, replace)
      if (now === held) continue
      changed ??= [...list]
      // The item keeps its type: a part took the place of a part.
      changed[place] = { ...(changed[place] ?? item), [field]: now } as Item
    }
  }
  return changed ?? list
}

/** Parts in a list; or one alone, as the screenshot of a computer is. */
function replaceInParts(held: object, path: string, speech: Speech, replace: Replace): object {
  if (!Array.isArray(held)) return replaced(held as Part, path, speech, replace)
  let changed: unknown[] | undefined
  for (const [place, part] of held.entries()) {
    if (!isRecord(part)) continue
    const now = within(replaced(part, `${path}[${place}]`, speech, replace), `${path}[${place}]`, speech, replace)
    if (now === part) continue
    changed ??= [...held]
    changed[place] = now
  }
  return changed ?? held
}

function replaced(part: Part, path: string, speech: Speech, replace: Replace): Part {
  const attachment = speech.read(part, path)
  const replacement = attachment && replace(attachment)
  return replacement ? speech.write(part, replacement) : part
}

/** A part that holds parts, with these replaced. */
function within(part: Part, path: string, speech: Speech, replace: Replace): Part {
  const field = speech.nested?.(part)
  const held = field === undefined ? undefined : part[field]
  if (field === undefined || typeof held !== 'object' || held === null) return part
  const now = replaceInParts(held, `${path}.${field}`, speech, replace)
  return now === held ? part : { ...part, [field]: now }
}
