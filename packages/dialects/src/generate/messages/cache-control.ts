import type { messages } from '@weir/contracts'
import { mostMarks, type CacheMark } from '../canonical/cache-mark.js'
import { isList, isOneOf, isRecord, known, leave, overlay, taking, type Loose, type Taking } from '../narrow.js'

const isEphemeral = isOneOf('ephemeral')
const isTtl = isOneOf('5m', '1h')

/** The mark of a block, a tool or a request. What is not known of it stays under its name. */
export function takeMark({ take, rest }: Taking): { cache?: CacheMark } {
  const given = take('cache_control', isRecord)
  if (!given) return {}
  const mark = taking(given)
  if (!mark.take('type', isEphemeral)) {
    rest.cache_control = given
    return {}
  }
  const ttl = mark.take('ttl', isTtl)
  leave(rest, 'cache_control', mark.rest)
  return { cache: known({ ttl }) }
}

/** The fields to be put back, with the mark among them. */
export function marked(cache: CacheMark | undefined, extras: Loose | undefined): Loose | undefined {
  return cache ? overlay({ cache_control: { type: 'ephemeral', ...cache } }, extras ?? {}) : extras
}

/** The request with no more marks than Anthropic takes, the last ones in the order of the prompt. A mark on the whole is one of them. */
export function withLastMarks(body: messages.MessagesRequest): messages.MessagesRequest {
  const { tools, system, messages: said } = body
  const whole = isRecord(body.cache_control) ? 1 : 0
  let surplus = whole + marksIn([tools, system, said]) - mostMarks
  if (surplus <= 0) return body

  function unmark(value: unknown): unknown {
    if (isList(value)) return value.map(unmark)
    if (!isRecord(value)) return value
    const inner = isList(value.content) ? { ...value, content: value.content.map(unmark) } : value
    if (!isRecord(inner.cache_control) || surplus <= 0) return inner
    surplus--
    const { cache_control: _, ...unmarked } = inner
    return unmarked
  }
  // The same body but for fields that may be absent; a result's own mark stands behind those in it.
  return {
    ...body,
    ...known({ tools: tools && unmark(tools), system: system && unmark(system), messages: unmark(said) }),
  } as typeof body
}

/** Blocks stand in lists, and those of a message or a result under `content`. */
function marksIn(value: unknown): number {
  if (isList(value)) return value.reduce<number>((sum, each) => sum + marksIn(each), 0)
  if (!isRecord(value)) return 0
  return (isRecord(value.cache_control) ? 1 : 0) + (isList(value.content) ? marksIn(value.content) : 0)
}
