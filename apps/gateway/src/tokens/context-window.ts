import type { Candidate } from '../exchange.js'

/**
 * Tokens of the model's context window, as the list of prices has it; `undefined` where it does not name the model. The list is
 * the one of the package: nothing is fetched. It is read at the first question, since it takes time that a start should not.
 */
export async function contextWindow({ account, target }: Candidate): Promise<number | undefined> {
  const { priceList } = account.provider
  if (priceList === undefined) return undefined
  const { calcPrice } = await import('@pydantic/genai-prices')
  return calcPrice({ input_tokens: 0 }, target.model, { providerId: priceList })?.model.context_window
}
