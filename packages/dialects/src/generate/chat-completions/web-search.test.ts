import { describe, expect, it } from 'vitest'
import { responses } from '../responses/responses.js'
import { chatCompletions } from './chat-completions.js'

const ask = (tool: object, more: object = {}, webSearch?: string) => {
  const asked = responses.request.decode({ model: 'm', input: 'Hi', tools: [tool], ...more } as never)
  const { body, losses } = chatCompletions.request.encode(asked, { model: 'm', quirks: webSearch ? { webSearch } : {} })
  return { body, losses: losses.map(({ path, disposition }) => `${path} ${disposition}`) }
}

describe('a search of the web', () => {
  const tool = {
    type: 'web_search',
    filters: { allowed_domains: ['a.example'] },
    search_context_size: 'low',
    external_web_access: true,
  }

  it('is a loss where the server has none', () => {
    expect(ask(tool)).toMatchObject({ losses: ['tools[0] dropped'] })
    expect(ask(tool).body.tools).toBeUndefined()
  })

  it('goes by the tool that the server has for it, with the settings that it knows', () => {
    const { body, losses } = ask(
      { ...tool, user_location: { type: 'approximate', city: 'Husum' } },
      { max_tool_calls: 3 },
      'acme:search',
    )
    expect(body.tools).toEqual([
      { type: 'acme:search', parameters: { allowed_domains: ['a.example'], search_context_size: 'low' } },
    ])
    expect(losses).toEqual(['tools[0].extras.responses.user_location dropped', 'tools[0] approximated', 'maxToolCalls dropped'])
  })

  it.each(['web_search', 'web_search_preview', 'web_search_2025_08_26'])('is known as %s', (type) => {
    expect(ask({ type }, {}, 'acme:search').body.tools).toEqual([{ type: 'acme:search' }])
  })

  it('that must not leave the cache is not made into one that does', () => {
    expect(ask({ type: 'web_search', external_web_access: false }, {}, 'acme:search').losses).toEqual(['tools[0] dropped'])
  })

  it('can be all that is allowed', () => {
    const choice = { tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'web_search' }] } }
    expect(ask({ type: 'web_search' }, choice, 'acme:search').body.tools).toEqual([{ type: 'acme:search' }])
  })
})
