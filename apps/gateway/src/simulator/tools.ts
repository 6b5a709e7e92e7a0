import { GatewayError } from '@weir/contracts'
import type { CustomTool, FunctionTool, Generation } from '@weir/dialects'
import { fillSchema } from './schema/fill-schema.js'
import { lastToolOutputs } from './input.js'
import type { Step } from './step.js'

type Callable = (FunctionTool | CustomTool) & { readonly namespace?: string }

/** The tools that a caller would run. Hosted tools are left alone: the simulator runs nothing. */
export function callableTools(asked: Generation): readonly Callable[] {
  return (asked.tools ?? []).flatMap((tool): readonly Callable[] => {
    if (tool.type === 'hosted' || tool.type === 'built-in') return []
    if (tool.type === 'namespace') return tool.tools.map((member) => ({ ...member, namespace: tool.name }))
    return [tool]
  })
}

/**
 * The tool to call, or none. With `auto` the first one offered is called, unless the conversation ends with a tool's output:
 * a loop comes to its end so. A caller that demands a call gets one.
 */
export function chooseTool(asked: Generation): Callable | undefined {
  const tools = callableTools(asked)
  const choice = asked.toolChoice ?? { type: 'auto' }
  switch (choice.type) {
    case 'none':
    case 'foreign':
      return undefined
    case 'required':
      return tools[0]
    case 'tool': {
      const named = tools.find((tool) => tool.name === choice.name)
      if (named || !['function', 'custom'].includes(choice.kind)) return named
      throw new GatewayError('invalid_value', {
        message: `tool_choice names the tool ${JSON.stringify(choice.name)}, which is not among the tools.`,
        param: 'tool_choice',
      })
    }
    case 'allowed': {
      const allowed = tools.find((tool) => choice.tools.some(({ type, name }) => type === tool.type && name === tool.name))
      return choice.mode === 'required' || lastToolOutputs(asked).length === 0 ? allowed : undefined
    }
    case 'auto':
      return lastToolOutputs(asked).length === 0 ? tools[0] : undefined
  }
}

/** A call of this tool with arguments that fit it. */
export function callOf(tool: Callable): Step {
  return {
    type: 'call',
    kind: tool.type,
    name: tool.name,
    ...(tool.namespace !== undefined && { namespace: tool.namespace }),
    arguments: tool.type === 'custom' ? `A simulated input for ${tool.name}.` : JSON.stringify(objectFor(tool)),
  }
}

function objectFor(tool: FunctionTool): object {
  const value = fillSchema(tool.parameters ?? {})
  return typeof value === 'object' && value !== null ? value : {}
}
