// The functions that stand in for tools that a server does not know.
import type { JsonSchema } from '@weir/contracts'
import type { BuiltInKind } from '../canonical/item.js'
import type { BuiltInTool, CustomTool, FunctionTool } from '../canonical/request.js'

/** A free-text tool as a function with one string. A grammar is told in words: nobody holds the model to it. */
export function customAsFunction(tool: CustomTool): FunctionTool {
  const { grammar } = tool
  const rule = grammar && `The input must match this ${grammar.syntax} grammar:\n${grammar.definition}`
  const description = [tool.description, rule].filter(Boolean).join('\n\n')
  return {
    type: 'function',
    name: tool.name,
    ...(description !== '' && { description }),
    parameters: object({ input: text('The whole input, as plain text.') }, 'input'),
    ...(tool.extras && { extras: tool.extras }),
  }
}

/** A built-in tool as a function: its arguments are what the call's own form holds, field by field. */
export function builtInAsFunction(tool: BuiltInTool): FunctionTool {
  const { description, parameters } = schemas[tool.kind]
  return {
    type: 'function',
    name: tool.kind,
    description: tool.description ?? description,
    parameters: tool.parameters ?? parameters,
    ...(tool.extras && { extras: tool.extras }),
  }
}

const text = (description: string): JsonSchema => ({ type: 'string', description })
const milliseconds = { type: 'integer', description: 'Give up after so many milliseconds.' }

const object = (properties: JsonSchema, ...required: readonly string[]): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

const schemas: Readonly<Record<BuiltInKind, { readonly description: string; readonly parameters: JsonSchema }>> = {
  shell: {
    description: 'Runs shell commands on the machine of the user and gives their output. Several commands may run side by side.',
    parameters: object(
      {
        commands: { type: 'array', items: { type: 'string' }, description: 'The commands, each as one line for the shell.' },
        timeout_ms: milliseconds,
        max_output_length: { type: 'integer', description: 'The most characters of output to give back for each command.' },
      },
      'commands',
    ),
  },
  local_shell: {
    description: 'Runs one command on the machine of the user and gives its output.',
    parameters: object(
      {
        command: { type: 'array', items: { type: 'string' }, description: 'The program and its arguments, one string each.' },
        env: { type: 'object', additionalProperties: { type: 'string' }, description: 'Variables of the environment.' },
        working_directory: text('The folder to run it in.'),
        timeout_ms: milliseconds,
        user: text('The user to run it as.'),
      },
      'command',
    ),
  },
  apply_patch: {
    description: 'Creates, changes or deletes one file.',
    parameters: object(
      {
        type: { type: 'string', enum: ['create_file', 'update_file', 'delete_file'] },
        path: text('The path of the file.'),
        diff: text(
          'What to change; not needed to delete. A new file: each of its lines, with + in front. A changed one: hunks that begin with @@ and, if need be, a line to find the place by; then lines with a space in front that stay, with - that go and with + that come.',
        ),
      },
      'type',
      'path',
    ),
  },
  tool_search: {
    description: 'Looks for more tools that can be called, by what they should do.',
    parameters: object({ query: text('What the tools should do.') }, 'query'),
  },
}
