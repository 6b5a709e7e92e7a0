import { GatewayError, type completions as wire } from '@weir/contracts'
import { describe, expect, it } from 'vitest'
import { answerable, completions } from './completions.js'

// Bodies as callers may send them: the type is stricter.
const decode = (fields: object): ReturnType<typeof completions.request.decode> =>
  completions.request.decode({ model: 'm', prompt: 'Once', ...fields })

function refusalOf(fields: object): Pick<GatewayError, 'status' | 'code' | 'param' | 'message'> | undefined {
  try {
    answerable({ model: 'm', prompt: 'Once', ...fields })
    return undefined
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
}

describe('a request', () => {
  it('says its prompt as one message of the user', () => {
    const items = [{ type: 'message', role: 'user', turn: 0, content: [{ type: 'text', text: 'Once' }] }]
    expect(decode({}).items).toEqual(items)
    expect(decode({ prompt: ['Once'] }).items).toEqual(items)
    expect(decode({ prompt: '' }).items).toMatchObject([{ content: [{ type: 'text', text: '' }] }])
  })

  it('asks for probabilities by the number of alternatives, and 0 of them is not none', () => {
    expect(decode({ logprobs: 3 }).sampling).toEqual({ logprobs: true, topLogprobs: 3 })
    expect(decode({ logprobs: 0 }).sampling).toEqual({ logprobs: true })
    expect(decode({ logprobs: null }).sampling).toEqual({})
  })

  it('names no limit of its own where it is silent', () => {
    expect(decode({}).sampling).toEqual({})
    expect(decode({ max_tokens: 5 }).sampling).toEqual({ maxOutputTokens: 5 })
  })

  it('loses nothing by a best of as many as it shows, and says so of more', () => {
    expect(decode({ best_of: 1 }).extras).toBeUndefined()
    expect(decode({ best_of: 3, n: 3 }).extras).toBeUndefined()
    expect(decode({ best_of: 4, n: 3 }).extras).toEqual({ completions: { best_of: 4 } })
  })

  it('takes an echo, an empty suffix and what is null for what they mean', () => {
    const nothing = {
      suffix: '',
      echo: false,
      stop: null,
      n: null,
      best_of: null,
      user: null,
      stream: null,
      stream_options: null,
    }
    expect(decode(nothing)).toEqual(decode({}))
    expect(decode({ echo: true }).state).toEqual({ echo: true })
  })
})

describe('what no model here can do is refused by name:', () => {
  it.each([
    ['several prompts', { prompt: ['a', 'b'] }, 'prompt', 'got 2'],
    ['no prompt in a list', { prompt: [] }, 'prompt', 'got 0'],
    ['tokens', { prompt: [1, 2] }, 'prompt', 'tokens'],
    ['one token', { prompt: [1] }, 'prompt', 'tokens'],
    ['lists of tokens', { prompt: [[1, 2], [3]] }, 'prompt', 'tokens'],
    ['texts and tokens', { prompt: ['a', 1] }, 'prompt', 'tokens'],
    ['a suffix', { suffix: 'The end.' }, 'suffix', 'between'],
    ['the probabilities of an echo', { echo: true, logprobs: 0 }, 'echo', 'log probabilities'],
  ] satisfies [string, Partial<wire.CompletionsRequest> | object, string, string][])('%s', (_, fields, param, why) => {
    expect(refusalOf(fields)).toMatchObject({ status: 400, code: 'unsupported_parameter', param })
    expect(refusalOf(fields)?.message).toContain(why)
  })

  it('and nothing else is', () => {
    expect(refusalOf({ prompt: ['a'], echo: true, suffix: '', n: 2, best_of: 3, logprobs: null })).toBeUndefined()
    expect(answerable({ model: 'm', prompt: ['a'] })).toEqual({ model: 'm', prompt: 'a' })
  })
})
