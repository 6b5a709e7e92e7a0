// How a model is asked to put a conversation into words of its own, and how they are read.
import { GatewayError, type responses } from '@weir/contracts'
import type { Answered } from '../respond/respond.js'

const order = `Write a summary of this conversation up to here. It will stand in the place of everything above, and you will go on from \
it alone. Say what the user wants and has ordered; what was decided, and why; what was done and found out, with names, numbers, \
paths, identifiers and quotations exactly as they are; and what is left to do. Leave out nothing that the next steps need. \
Carry out nothing and answer no question: write the summary and nothing else.`

interface Around extends Pick<responses.ResponsesRequest, 'model'> {
  readonly instructions?: string | null | undefined
  readonly prompt_cache_key?: string | null | undefined
  readonly service_tier?: responses.ResponsesRequest['service_tier'] | undefined
}

/** The turn that asks for it. Instructions and conversation come first, as they were, so that a provider's cache still knows them. */
export function summaryRequest(spoken: readonly responses.InputItem[], around: Around): responses.ResponsesRequest {
  const { model, instructions = null, prompt_cache_key: cacheKey = null, service_tier: tier = null } = around
  return {
    model,
    ...(instructions !== null && { instructions }),
    ...(cacheKey !== null && { prompt_cache_key: cacheKey }),
    ...(tier !== null && { service_tier: tier }),
    input: [...spoken, { type: 'message', role: 'user', content: order }],
    // A conversation that is too long already is the very reason to make it short.
    truncation: 'auto',
    store: false,
  }
}

/** The summary that this answer is. Throws 502 for one that broke off, or that holds no text: nothing may be lost in silence. */
export function summaryOf({ generated, attempt }: Answered): string {
  const text = generated.items
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('\n\n')
    .trim()
  const { outcome } = generated
  if (outcome.status === 'completed' && text !== '') return text
  const why = outcome.status === 'incomplete' ? ` (${outcome.reason})` : ''
  throw new GatewayError('upstream_error', {
    message: `${attempt.candidate.account.name}: the model wrote no whole summary${why}.`,
    detail: `The answer is ${outcome.status}, with ${text.length} characters.`,
  })
}
