import type { generateContent as wire } from '@weir/contracts'
import type { Quirks } from '../../dialect.js'
import type { Item } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { Generation } from '../canonical/request.js'
import { isRecord } from '../narrow.js'
import { approximated } from '../losses.js'
import type { FlatTools } from '../tools/flatten.js'
import { encodeItem, type ItemContext } from './items-encode.js'
import { isContent, regroup, type Group } from './regroup.js'

export interface Contents {
  readonly contents: wire.Content[]
  readonly systemInstruction?: wire.Content
}

/** The conversation as contents, with what the system says beside it. */
export function encodeContents(canonical: Generation, quirks: Quirks, flat: FlatTools, losses: Loss[]): Contents {
  const { system, groups } = regroup(canonical.items, losses)
  const context: ItemContext = { quirks, flat, names: namesOf(canonical.items, flat), losses }
  const said = system.flatMap((placed) => encodeItem(placed, context))
  const instructions = canonical.instructions === undefined ? [] : [{ text: canonical.instructions }]
  const contents = groups.flatMap((group) => encodeGroup(group, context) ?? [])
  // The server refuses a request in which nobody but the system speaks.
  if (contents.length === 0 && said.length > 0) {
    for (const { path } of system) losses.push(approximated(path, 'Nobody else speaks: it goes as a word of the user.'))
    contents.push({ role: 'user', parts: said.splice(0) })
  }
  const parts = [...instructions, ...said]
  return { contents, ...(parts.length > 0 && { systemInstruction: { parts } }) }
}

/** The names on the wire of the functions that were called, by the id of the call. */
function namesOf(items: readonly Item[], flat: FlatTools): Map<string, string> {
  const names = new Map<string, string>()
  for (const item of items) if (item.type === 'tool-call') names.set(item.callId, flat.nameOf(item))
  return names
}

/** A content, or nothing where nothing of it could be carried: the server refuses one without parts. */
function encodeGroup({ role, placed }: Group, context: ItemContext): wire.Content | undefined {
  const [head] = placed
  // A content that is of no known role goes back as it came.
  if (head?.item.type === 'foreign' && isContent(head.item)) return { ...head.item.wire }
  const isSigned = placed.some(({ item }) => item.replay?.dialect === 'generate-content')
  const parts = placed.flatMap((each) => encodeItem(each, { ...context, isSigned }))
  const empty = placed.every(({ item }) => item.type === 'message' && item.content.length === 0)
  if (parts.length === 0 && !empty) return undefined
  const fields = head?.item.extras?.['generate-content']?.content
  return { role, parts: role === 'model' ? signed(parts, context.quirks) : parts, ...(isRecord(fields) && fields) }
}

/** Only the first of parallel calls is ever signed; where none is, the word that the server takes instead stands on the first. */
function signed(parts: wire.Part[], { unsignedCalls }: Quirks): wire.Part[] {
  if (unsignedCalls === undefined) return parts
  const calls = parts.filter((part) => part.functionCall)
  if (calls.length === 0 || calls.some((part) => part.thoughtSignature !== undefined)) return parts
  return parts.map((part) => (part === calls[0] ? { ...part, thoughtSignature: unsignedCalls } : part))
}
