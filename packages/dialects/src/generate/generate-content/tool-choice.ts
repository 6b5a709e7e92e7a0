import type { generateContent as wire } from '@weir/contracts'
import type { Loss } from '../canonical/loss.js'
import type { ToolChoice } from '../canonical/request.js'
import { isString, isStrings, type Loose } from '../narrow.js'
import { approximated, dropped } from '../losses.js'
import { allows } from '../tools/allowed.js'
import type { FlatTools } from '../tools/flatten.js'
import { fieldsOf, isFilled } from './fields.js'

type Config = NonNullable<wire.ToolConfig['functionCallingConfig']>

/** What may or must be called, and what the configuration says besides. A mode that is not understood is kept whole. */
export function decodeToolChoice(config: unknown): { choice?: ToolChoice; rest: Loose } {
  const { take, rest } = fieldsOf(config)
  if (!isFilled(rest)) return { rest }
  const mode = take('mode', isString)?.toUpperCase() ?? 'AUTO'
  const names = take('allowedFunctionNames', isStrings) ?? []
  const tools = names.map((name) => ({ type: 'function', name }))
  const [first, ...others] = names
  switch (mode) {
    case 'NONE':
      return { choice: { type: 'none' }, rest }
    case 'ANY':
      if (first === undefined) return { choice: { type: 'required' }, rest }
      if (others.length === 0) return { choice: { type: 'tool', kind: 'function', name: first }, rest }
      return { choice: { type: 'allowed', mode: 'required', tools }, rest }
    case 'AUTO':
    case 'VALIDATED':
      if (first !== undefined) return { choice: { type: 'allowed', mode: 'auto', tools }, rest }
      if (mode === 'AUTO') return { choice: { type: 'auto' }, rest }
      break
    default:
  }
  const own = { mode, ...(first !== undefined && { allowedFunctionNames: names }) }
  return { choice: { type: 'foreign', extras: { 'generate-content': own } }, rest }
}

const path = 'toolChoice'

/**
 * The choice on the wire. Only some functions without having to call one is the mode `VALIDATED`: `AUTO` takes no names. `functions`:
 * the names of those that are declared; without any, a choice is an error of the request.
 */
export function encodeToolChoice(
  choice: ToolChoice | undefined,
  functions: readonly string[],
  flat: FlatTools,
  losses: Loss[],
): Config | undefined {
  if (!choice) return undefined
  switch (choice.type) {
    case 'auto':
      return functions.length > 0 ? { mode: 'AUTO' } : undefined
    case 'none':
      return functions.length > 0 ? { mode: 'NONE' } : undefined
    case 'required':
      if (functions.length > 0) return { mode: 'ANY' }
      losses.push(dropped(path, 'No function is left that could be called.'))
      return undefined
    case 'foreign': {
      const own = choice.extras['generate-content']
      if (!own) losses.push(dropped(path, 'Gemini has no such tool choice.'))
      // What this dialect decoded goes back as it came.
      return own as Config | undefined
    }
    default:
      return encodeNames(choice, functions, flat, losses)
  }
}

function encodeNames(
  choice: Extract<ToolChoice, { type: 'tool' | 'allowed' }>,
  functions: readonly string[],
  flat: FlatTools,
  losses: Loss[],
): Config | undefined {
  const names = functions.filter((name) => allows(choice, flat.names.get(name) ?? { kind: 'function', name }))
  const must = choice.type === 'tool' || choice.mode === 'required'
  if (names.length === 0) {
    if (must) losses.push(dropped(path, 'No function is left that could be called.'))
    else losses.push(approximated(path, 'None of the functions is allowed: none is called.'))
    return functions.length > 0 && !must ? { mode: 'NONE' } : undefined
  }
  if (choice.type === 'tool' && choice.kind !== 'function')
    losses.push(approximated(path, 'The tool is chosen as the function that stands in for it.'))
  return { mode: must ? 'ANY' : 'VALIDATED', allowedFunctionNames: names }
}
