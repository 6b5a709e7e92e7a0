import type { Quirks } from '../../dialect.js'
import { mostMarks, type CacheMark } from '../canonical/cache-mark.js'
import { isOneOf, isRecord, known, overlay, taking, type Loose } from '../narrow.js'
import type { ContentBlock, ConverseRequest, Message, ToolEntry } from './wire.js'

const isDefault = isOneOf('default')
const isTtl = isOneOf('5m', '1h')

/** What stands before a cache point, as it bears it: what is not known of the point, or all of one of another type, is left as a field. */
export function readCachePoint(point: Loose): { readonly cache?: CacheMark; readonly fields: Loose } {
  const { take, rest } = taking(point)
  if (!take('type', isDefault)) return { fields: { cachePoint: point } }
  const cache = known({ ttl: take('ttl', isTtl) })
  return { cache, fields: Object.keys(rest).length > 0 ? { cachePoint: rest } : {} }
}

/** The fields to be put back, with the cache point among them: see `withExtras`. */
export function marked(cache: CacheMark | undefined, extras: Loose | undefined): Loose | undefined {
  return cache ? overlay({ cachePoint: { type: 'default', ...cache } }, extras ?? {}) : extras
}

/**
 * The request with the cache points that this model takes, no more of them than Bedrock allows: the last ones in the order of the
 * prompt. `whole`: the mark of all that is asked, a point behind the last message. A point of a type that is not known stays.
 */
export function withCachePoints(body: ConverseRequest, whole: CacheMark | undefined, quirks: Quirks): ConverseRequest {
  const { cacheMarks } = quirks
  const takesTools = cacheMarks?.includes('tools') === true
  const messages = whole ? behindLast(body.messages, whole) : body.messages
  const lists: readonly (readonly (ContentBlock | ToolEntry)[] | undefined)[] = [
    takesTools ? body.toolConfig?.tools : undefined,
    body.system,
    ...(messages ?? []).filter(hasBlocks).map(({ content }) => content),
  ]
  let surplus = lists.flatMap((list) => list?.filter(isPoint) ?? []).length - (cacheMarks ? mostMarks : 0)

  function fit<Block extends ContentBlock | ToolEntry>(blocks: readonly Block[], takes = true): Block[] {
    return blocks.flatMap((block) => {
      if (!isPoint(block)) return [block]
      if (!takes || surplus-- > 0) return []
      const { ttl: _, ...timeless } = block.cachePoint
      return [cacheMarks?.includes('ttl') ? block : { ...block, cachePoint: timeless }]
    })
  }

  const { toolConfig, system } = body
  return {
    ...body,
    ...(toolConfig?.tools && { toolConfig: { ...toolConfig, tools: fit(toolConfig.tools, takesTools) } }),
    ...(system && { system: fit(system) }),
    ...(messages && {
      messages: messages.map((message) => (hasBlocks(message) ? { ...message, content: fit(message.content) } : message)),
    }),
  }
}

/** A message of a role that is newer than the code may hold anything. */
const hasBlocks = ({ content }: Message): boolean => Array.isArray(content)

const isPoint = <Block extends ContentBlock | ToolEntry>(
  block: Block,
): block is Block & { cachePoint: { type: string; ttl?: string } } =>
  isRecord(block.cachePoint) && block.cachePoint.type === 'default'

function behindLast(messages: ConverseRequest['messages'], cache: CacheMark): ConverseRequest['messages'] {
  const last = messages?.at(-1)
  const block = last && hasBlocks(last) ? last.content.at(-1) : undefined
  if (!messages || !last || !block || block.cachePoint) return messages
  return [...messages.slice(0, -1), { ...last, content: [...last.content, { cachePoint: { type: 'default', ...cache } }] }]
}
