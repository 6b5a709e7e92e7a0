import type { chat } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import type { Loss } from '../canonical/loss.js'
import { approximated, dropped } from '../losses.js'
import { placeOf } from './place-of.js'

/** From none to all. */
const scale = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/**
 * The body with an effort of reasoning that this server knows: the one that is asked for, or the nearest to it, and of two the
 * greater; a declared loss. A word that nobody knows is left out.
 */
export function withKnownEffort(
  body: chat.ChatCompletionsRequest,
  { quirks: { efforts } = {} }: Target,
  losses: Loss[],
): chat.ChatCompletionsRequest {
  const { reasoning_effort: asked, ...rest } = body
  if (!efforts || typeof asked !== 'string' || efforts.includes(asked)) return body
  const path = placeOf('reasoning_effort')
  const place = scale.indexOf(asked)
  const distance = (effort: string): number => Math.abs(scale.indexOf(effort) - place)
  const [nearest] = efforts.toSorted((one, other) => distance(one) - distance(other) || scale.indexOf(other) - scale.indexOf(one))
  if (place < 0 || nearest === undefined) {
    losses.push(dropped(path, `The server knows no effort ${JSON.stringify(asked).slice(0, 40)}.`))
    return rest
  }
  losses.push(approximated(path, `The server knows the efforts ${efforts.join(', ')}.`))
  return { ...rest, reasoning_effort: nearest }
}
