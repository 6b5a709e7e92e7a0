import type { Loss } from '../generate/canonical/loss.js'
import type { EmbedInput } from './canonical.js'

/** Declares tokens as more than a target can take: they mean something to the model alone that they were counted for. */
export function refuseTokens(input: readonly EmbedInput[], losses: Loss[]): void {
  const place = input.findIndex((each) => 'tokens' in each)
  if (place >= 0)
    losses.push({
      path: `input[${place}]`,
      disposition: 'refused',
      reason: 'It takes texts and no tokens; send the text itself.',
    })
}
