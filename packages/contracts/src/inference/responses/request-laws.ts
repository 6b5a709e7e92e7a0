// What no field of a request can tell by itself: what excludes what, and what needs what.
import { isRecord, misplaced, type Fault } from '../fault.js'

type Body = Record<string, unknown>

const isGiven = (value: unknown): boolean => value !== undefined && value !== null

function oneParent(body: Body): Fault | undefined {
  if (!isGiven(body.previous_response_id) || !isGiven(body.conversation)) return undefined
  return misplaced(['previous_response_id'], 'Expected none beside conversation: send the one or the other.')
}

function backgroundIsStored(body: Body): Fault | undefined {
  if (body.background !== true || body.store !== false) return undefined
  return misplaced(['background'], 'Expected store: true beside it (or no store), since a background response is fetched later.')
}

function streamOptionsNeedStream(body: Body): Fault | undefined {
  if (!isGiven(body.stream_options) || body.stream === true) return undefined
  return misplaced(['stream_options'], 'Expected stream: true beside it: they say how to stream.')
}

function chosenToolIsThere(body: Body): Fault | undefined {
  const { tool_choice: choice } = body
  if (!isRecord(choice)) return undefined
  // Tools of earlier turns may be in a history that is not here yet.
  if (isGiven(body.previous_response_id) || isGiven(body.conversation) || standsForMore(body)) return undefined
  const nested = isRecord(choice.allowed_tools) ? choice.allowed_tools : undefined
  const list = nested?.tools ?? (choice.type === 'allowed_tools' ? choice.tools : undefined)
  const chosen = Array.isArray(list) ? list : [choice]
  let offered: Set<string> | undefined
  for (const [index, entry] of chosen.entries()) {
    const key = keyOf(entry)
    if (key === undefined) continue
    offered ??= offeredIn(body)
    if (offered.has(key)) continue
    const place = chosen === list ? [...(nested ? ['allowed_tools'] : []), 'tools', index] : []
    return misplaced(
      ['tool_choice', ...place],
      `Expected one of the tools of this request (${told(offered)}), but got ${clip(key)}.`,
    )
  }
  return undefined
}

/** Whether the input has items that stand for others: a compaction keeps the tools of what it sums up. */
const standsForMore = ({ input }: Body): boolean =>
  Array.isArray(input) && input.some((item) => isRecord(item) && (item.type === 'compaction' || item.type === 'item_reference'))

/** Kinds of tools that a choice names by their type alone. A kind newer than this page is for the target to judge. */
const hosted = /^(web_search|file_search|code_interpreter|image_generation|shell|local_shell|apply_patch)/

/** What a tool and the choice of it have in common: its kind and, where it has one, its name. Chat nests the name. */
function keyOf(tool: unknown): string | undefined {
  if (!isRecord(tool) || typeof tool.type !== 'string') return undefined
  const { type } = tool
  if (type === 'mcp') return `mcp ${typeof tool.server_label === 'string' ? tool.server_label : ''}`
  if (type !== 'function' && type !== 'custom') return hosted.exec(type)?.[1]
  const nested = tool[type]
  const { name } = isRecord(nested) ? nested : tool
  return typeof name === 'string' ? `${type} ${name}` : undefined
}

/** The tools of the request, those in a namespace and those that its input brings along included. */
function offeredIn({ tools, input }: Body): Set<string> {
  const offered = new Set<string>()
  const add = (list: unknown): void => {
    for (const tool of Array.isArray(list) ? list : []) {
      const key = keyOf(tool)
      if (key !== undefined) offered.add(key)
      if (isRecord(tool) && tool.type === 'namespace') add(tool.tools)
    }
  }
  add(tools)
  for (const item of Array.isArray(input) ? input : []) if (isRecord(item) && Array.isArray(item.tools)) add(item.tools)
  return offered
}

const clip = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text)

function told(offered: ReadonlySet<string>): string {
  if (offered.size === 0) return 'there are none'
  const first = [...offered].slice(0, 5).map(clip).join(', ')
  return offered.size > 5 ? `${first}, …` : first
}

/** Those of a conversation that nobody is to answer, which says nothing of how. In the order in which they are asked. */
export const contextLaws = [oneParent, chosenToolIsThere]

/** In the order in which they are asked. */
export const requestLaws = [oneParent, backgroundIsStored, streamOptionsNeedStream, chosenToolIsThere]
