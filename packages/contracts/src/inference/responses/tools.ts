// Tools and the choice among them, in the shape of Responses and in that of chat.
import { chatTool, chatToolChoiceForms } from '../chat-completions/schema.js'
import {
  either,
  flag,
  freeObject,
  list,
  name,
  named,
  nullish,
  oneOf,
  optional,
  text,
  textOf,
  variants,
  type RequiredRule,
} from '../rule.js'
import { wordLetters } from '../scalars.js'

/** What a function that is offered may be called. One that a model has called may have any name: it wrote it itself. */
const functionName = textOf({ minimum: 1, maximum: 128, letters: wordLetters })

const namespaceTool = variants('type', {
  function: { name: functionName, description: nullish(text), parameters: nullish(freeObject), strict: nullish(flag) },
  custom: { name, description: optional(text), format: optional(freeObject) },
})

const responsesTool = variants('type', {
  function: { name: functionName, description: nullish(text), parameters: nullish(freeObject), strict: nullish(flag) },
  custom: { name, description: optional(text), format: optional(freeObject) },
  namespace: { name, description: optional(text), tools: list(namespaceTool) },
})

const isChatShaped = (value: unknown, key: string) =>
  typeof value === 'object' && value !== null && !('name' in value) && key in value

/** A tool in either shape: `{ type, name }`, or chat's `{ type, function: { name } }`. */
export const tool = named('Tool', {
  ...responsesTool,
  check: (value: unknown) =>
    isChatShaped(value, 'function') || isChatShaped(value, 'custom') ? chatTool.check(value) : responsesTool.check(value),
  json: { anyOf: [responsesTool.json, chatTool.json] },
  components: { ...responsesTool.components, ...chatTool.components },
})

const toolChoiceForms = variants('type', {
  function: { name },
  custom: { name },
  allowed_tools: { mode: oneOf('auto', 'required'), tools: list(freeObject) },
  mcp: { server_label: text, name: nullish(text) },
})

export const toolChoice: RequiredRule<unknown> = either(oneOf('none', 'auto', 'required'), {
  ...toolChoiceForms,
  check: (value: unknown) =>
    isChatShaped(value, 'function') || isChatShaped(value, 'custom')
      ? chatToolChoiceForms.check(value)
      : toolChoiceForms.check(value),
  json: { anyOf: [toolChoiceForms.json, chatToolChoiceForms.json] },
})
