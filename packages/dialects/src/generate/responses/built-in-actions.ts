import type { BuiltInKind } from '../canonical/item.js'
import { isList, isOneOf, isRecord, isString, isStrings, type Loose } from '../narrow.js'

/** What a call of a built-in tool is to do, in the form of the wire. */
interface Action {
  readonly value: unknown
  /** Whether the arguments could be read: those of a call that was broken off cannot, and must not be run in part. */
  readonly whole: boolean
}

/**
 * The arguments of a call as its action. A model without the tool has seen a schema only: its near misses (one string for a list, the
 * bare command) are taken for what they mean, and what cannot be read becomes an action that does nothing.
 */
export function actionOf(kind: BuiltInKind, text: string): Action {
  const value = parse(text)
  const whole = value !== undefined || text.trim() === ''
  switch (kind) {
    case 'shell':
      return { value: shellAction(value, text), whole }
    case 'local_shell':
      return { value: localShellAction(value, text), whole }
    case 'apply_patch':
      return { value: patchOperation(value, text), whole }
    default:
      return { value: value ?? (whole ? {} : text), whole }
  }
}

/** `undefined` for what is no JSON, but for a text that does not even begin as JSON does: that is what it says. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text.trim() === '' || /^\s*[[{"]/.test(text) ? undefined : text
  }
}

function shellAction(value: unknown, text: string): Loose {
  const { command, ...action } = isRecord(value) ? value : { commands: value ?? [] }
  const given = action.commands ?? command
  const commands = isStrings(given) ? given : isString(given) ? [given] : given === undefined ? [] : [text]
  return { ...action, commands, timeout_ms: action.timeout_ms ?? null, max_output_length: action.max_output_length ?? null }
}

function localShellAction(value: unknown, text: string): Loose {
  const { commands, ...action } = isRecord(value) ? value : { command: value ?? [] }
  const given = action.command ?? commands
  const inShell = isString(given) ? given : text
  const command = isStrings(given) ? given : given === undefined ? [] : ['sh', '-c', inShell]
  return { ...action, command, type: 'exec', env: action.env ?? {} }
}

const isOperation = isOneOf('create_file', 'update_file', 'delete_file')

function patchOperation(value: unknown, text: string): Loose {
  const given = isRecord(value) && isRecord(value.operation) ? value.operation : value
  if (!isRecord(given) || !isOperation(given.type) || !isString(given.path)) return { type: 'update_file', path: '', diff: text }
  if (given.type === 'delete_file') return given
  return { ...given, diff: isString(given.diff) ? given.diff : isList(given.diff) ? given.diff.join('\n') : '' }
}
