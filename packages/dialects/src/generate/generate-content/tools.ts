import type { generateContent as wire } from '@weir/contracts'
import type { Quirks } from '../../dialect.js'
import { extrasOf, ownExtras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import type { FunctionTool, HostedTool, Tool } from '../canonical/request.js'
import { isGiven, isRecord, isString, known, overlay } from '../narrow.js'
import { isWebSearch } from '../tools/is-web-search.js'
import { approximated, dropped } from '../losses.js'
import type { FlatTools } from '../tools/flatten.js'
import { fieldsOf, listOf } from './fields.js'
import { jsonSchemaOf } from './json-schema.js'

/** Functions one by one; a tool that Google runs is kept whole, under the name of its field. */
export function decodeTools(tools: unknown): Tool[] {
  return listOf(tools).flatMap((tool) => {
    const { take, rest } = fieldsOf(tool)
    const functions = listOf(take('functionDeclarations', isGiven)).map(decodeFunction)
    const hosted = Object.entries(rest).map(([field, settings]): HostedTool => ({
      type: 'hosted',
      tool: field,
      extras: { 'generate-content': { [field]: settings } },
    }))
    return [...functions, ...hosted]
  })
}

function decodeFunction(declaration: unknown): FunctionTool {
  const { take, rest } = fieldsOf(declaration)
  const schema = take('parametersJsonSchema', isRecord)
  const parameters = schema ?? (isRecord(rest.parameters) ? jsonSchemaOf(rest.parameters) : undefined)
  if (!schema) take('parameters', isRecord)
  return {
    type: 'function',
    name: take('name', isString) ?? '',
    ...known({ description: take('description', isString), parameters }),
    // Silence means no here, and yes on many a server that speaks another dialect: it is said from here on.
    strict: false,
    ...extrasOf('generate-content', rest),
  }
}

/** Tools that were made flat, on the wire, and the names of the functions among them. */
export function encodeTools(
  flat: FlatTools['tools'],
  quirks: Quirks,
  losses: Loss[],
): { tools: wire.GeminiTool[]; functions: string[] } {
  const functions = flat.flatMap(({ tool }) => (tool.type === 'hosted' ? [] : [tool.name]))
  const tools: wire.GeminiTool[] = []
  let declarations: wire.FunctionDeclaration[] | undefined
  for (const { tool, path } of flat) {
    if (tool.type !== 'hosted') {
      if (!declarations) tools.push({ functionDeclarations: (declarations = []) })
      // Free text was made a function.
      declarations.push(encodeFunction(tool as FunctionTool, path, losses))
      continue
    }
    const hosted = encodeHosted(tool, path, functions.length > 0, quirks, losses)
    if (!hosted) continue
    tools.push(hosted)
    declarations = undefined
  }
  return { tools, functions }
}

function encodeFunction(tool: FunctionTool, path: string, losses: Loss[]): wire.FunctionDeclaration {
  const { name, description, parameters, strict } = tool
  if (strict === true) losses.push(dropped(`${path}.strict`, 'No single function is held to its schema here.'))
  const declaration = { name, ...known({ description, parametersJsonSchema: parameters }) }
  const extras = ownExtras('generate-content', tool.extras, path, losses)
  return extras ? (overlay({ ...declaration }, extras) as unknown as wire.FunctionDeclaration) : declaration
}

function encodeHosted(
  tool: HostedTool,
  path: string,
  besideFunctions: boolean,
  { webSearch }: Quirks,
  losses: Loss[],
): wire.GeminiTool | undefined {
  const own = tool.extras['generate-content']
  // Its own wire form, as it came.
  if (own) return { ...own }
  if (webSearch !== undefined && isWebSearch(tool.tool)) return encodeSearch(tool, webSearch, path, besideFunctions, losses)
  losses.push(dropped(path, `Gemini has no tool of the kind ${tool.tool}.`))
  return undefined
}

/** Responses' search of the web as Google's. It takes no settings, and one that must not leave a cache is none that it can do. */
function encodeSearch(
  tool: HostedTool,
  field: string,
  path: string,
  besideFunctions: boolean,
  losses: Loss[],
): wire.GeminiTool | undefined {
  const { type: _, external_web_access: external, ...settings } = tool.extras.responses ?? {}
  if (besideFunctions || external === false) {
    const reason = besideFunctions ? 'The web is not searched beside functions here.' : 'This server searches the live web only.'
    losses.push(dropped(path, reason))
    return undefined
  }
  for (const setting of Object.keys(settings))
    losses.push(dropped(`${path}.extras.responses.${setting}`, 'The search of this server has no such setting.'))
  losses.push(approximated(path, 'The server searches in its own way, and tells only what it cites.'))
  return { [field]: {} }
}
