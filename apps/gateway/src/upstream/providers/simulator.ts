import { isSimulated, simulatorModels } from '../../simulator/simulator.js'
import type { Provider } from '../provider.js'

/** Answers inside the process, so that a new machine needs no key and no network. */
const simulator: Provider = {
  name: 'simulator',
  dialects: ['responses'],
  baseURL: 'simulator://',
  credential: { header: 'none', accepts: [], required: false },
  quirks: { accepts: ['stop', 'seed', 'presence_penalty', 'frequency_penalty', 'logit_bias'], rawReasoning: true },
  reads: ['metadata', 'prompt_cache_key', 'safety_identifier', 'service_tier'],
  models: simulatorModels,
  knows: isSimulated,
}

const others = ['chat-completions', 'messages', 'generate-content', 'converse'] as const

/** The same models behind the real codec and framing of each other dialect. */
export const simulators: readonly Provider[] = [
  simulator,
  ...others.map((dialect): Provider => ({ ...simulator, name: `simulator-${dialect}`, dialects: [dialect] })),
]
