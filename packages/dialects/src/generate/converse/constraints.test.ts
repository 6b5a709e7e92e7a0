// What Bedrock demands of every request, whoever's it was.
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Dialect, SseFrame } from '../../dialect.js'
import { chatCompletions } from '../chat-completions/chat-completions.js'
import { responses } from '../responses/responses.js'
import { converse } from './converse.js'
import type { ContentBlock, ConverseRequest } from './wire.js'

const dialects: readonly Dialect<object, object, SseFrame>[] = [responses, chatCompletions]
const requests = dialects.flatMap((dialect) => {
  const folder = new URL(`../${dialect.name}/fixtures/`, import.meta.url)
  const files = readdirSync(folder).filter((file) => file.endsWith('.request.json'))
  return files.map((file) => {
    const wire = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as object
    const asked = dialect.request.decode(wire)
    return { name: `${dialect.name} ${file}`, ...converse.request.encode(asked, { model: 'm' }) }
  })
})

const idsOf = (content: readonly ContentBlock[], member: 'toolUse' | 'toolResult'): string[] =>
  content.flatMap((block) => block[member]?.toolUseId ?? [])

const textsOf = (content: readonly ContentBlock[]): string[] =>
  content.flatMap(({ text, toolResult }) => [...(text === undefined ? [] : [text]), ...textsOf(toolResult?.content ?? [])])

function faultsOf({ messages = [], system = [], toolConfig, inferenceConfig }: ConverseRequest): string[] {
  const faults: string[] = []
  const demand = (holds: boolean, fault: string): void => void (holds || faults.push(fault))
  demand(messages.length === 0 || messages[0]?.role === 'user', 'does not begin with the user')
  demand((inferenceConfig?.maxTokens ?? 0) > 0, 'names no limit')
  const names: string[] = []
  for (const [index, { role, content }] of messages.entries()) {
    demand(role === (index % 2 === 0 ? 'user' : 'assistant'), `${index}: sides do not take turns`)
    demand(content.length > 0, `${index}: is empty`)
    const asked = idsOf(messages[index - 1]?.content ?? [], 'toolUse')
    const answered = idsOf(content, 'toolResult')
    demand(
      answered.every((id) => asked.includes(id)),
      `${index}: answers what nobody asked`,
    )
    for (const id of [...asked, ...answered]) demand(/^[a-zA-Z0-9_-]{1,64}$/.test(id), `${index}: has the id ${id}`)
    for (const { toolUse } of content)
      if (toolUse) demand(/^[a-zA-Z0-9_-]{1,64}$/.test(toolUse.name), `${index}: calls ${toolUse.name}`)
    names.push(...content.flatMap(({ document }) => document?.name ?? []))
    demand(
      !content.some(({ document }) => document) || content.some(({ text }) => text !== undefined),
      `${index}: has a document without a text`,
    )
    demand(answered.length === 0 && asked.length === 0 ? true : toolConfig !== undefined, `${index}: has calls without tools`)
  }
  for (const text of [...textsOf(system), ...messages.flatMap(({ content }) => textsOf(content))])
    demand(text.trim() !== '', 'says nothing somewhere')
  demand(new Set(names).size === names.length, 'has two documents of one name')
  const tools = toolConfig?.tools.flatMap(({ toolSpec }) => toolSpec ?? []) ?? []
  demand(toolConfig === undefined || toolConfig.tools.length > 0, 'has a configuration without tools')
  demand(new Set(tools.map(({ name }) => name)).size === tools.length, 'has two tools of one name')
  for (const { name, inputSchema } of tools) {
    demand(/^[a-zA-Z0-9_-]{1,64}$/.test(name), `declares ${name}`)
    demand((inputSchema.json as { type?: string }).type === 'object', `${name} has no schema of an object`)
  }
  return faults
}

describe.each(requests)('the request $name', ({ body }) => {
  it('is one that Bedrock takes', () => {
    expect(faultsOf(body)).toEqual([])
  })
})

describe('the demands', () => {
  it('are such that a request can miss them', () => {
    const wrong = {
      model: 'm',
      messages: [
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'a b', name: 'a.b', input: {} } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'c', content: [{ text: ' ' }] } }] },
      ],
    }
    expect(faultsOf(wrong)).toEqual([
      'does not begin with the user',
      'names no limit',
      '0: sides do not take turns',
      '0: calls a.b',
      '1: sides do not take turns',
      '1: answers what nobody asked',
      '1: has the id a b',
      '1: has calls without tools',
      'says nothing somewhere',
    ])
  })
})
