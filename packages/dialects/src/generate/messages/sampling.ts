import type { messages } from '@weir/contracts'
import type { Generation } from '../canonical/request.js'
import type { Loss } from '../canonical/loss.js'
import { approximated, dropped } from '../losses.js'
import { known } from '../narrow.js'

/** The least `top_p` that the API takes while a model thinks. */
const leastTopP = 0.95

type Wire = Pick<messages.MessagesRequest, 'temperature' | 'top_p' | 'top_k' | 'stop_sequences'>

/** How an answer is drawn. `thinks`: this encoder has turned thinking on, which leaves little to choose. */
export function encodeSampling({ sampling }: Generation, thinks: boolean, losses: Loss[]): Wire {
  const { temperature, topP, topK, stop } = sampling
  const drawn: Wire = known({ temperature: encodeTemperature(temperature, thinks, losses), top_p: topP })
  if (thinks && topP !== undefined && topP < leastTopP) {
    delete drawn.top_p
    losses.push(dropped('sampling.topP', `A model that thinks takes no topP below ${leastTopP}.`))
  } else if (topP !== undefined && drawn.temperature !== undefined) {
    delete drawn.top_p
    losses.push(dropped('sampling.topP', 'Most models take a temperature or top_p, not both.'))
  }
  if (topK !== undefined && thinks) losses.push(dropped('sampling.topK', 'A model that thinks takes no topK.'))
  else if (topK !== undefined) drawn.top_k = topK
  const stops = stop?.filter((sequence, index) => {
    const taken = sequence.trim() !== ''
    if (!taken) losses.push(dropped(`sampling.stop[${index}]`, 'Anthropic stops at no white space alone.'))
    return taken
  })
  return { ...drawn, ...(stops && stops.length > 0 && { stop_sequences: stops }) }
}

/** Other dialects go up to two. */
function encodeTemperature(temperature: number | undefined, thinks: boolean, losses: Loss[]): number | undefined {
  if (temperature === undefined || temperature === 1) return temperature
  if (thinks) {
    losses.push(dropped('sampling.temperature', 'A model that thinks has the temperature 1 only.'))
    return undefined
  }
  if (temperature < 1) return temperature
  losses.push(approximated('sampling.temperature', 'The highest temperature is 1.'))
  return 1
}
