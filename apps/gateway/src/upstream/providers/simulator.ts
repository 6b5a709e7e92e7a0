import type { DialectName } from '@weir/dialects'
import { isSimulated, simulatedAbilities, simulatorModels } from '../../simulator/simulator.js'
import type { Provider } from '../provider.js'

/** Answers inside the process, so that a new machine needs no key and no network. */
const simulator = {
  name: 'simulator',
  dialects: ['responses'],
  baseURL: 'simulator://',
  credential: { header: 'none', accepts: [], required: false },
  abilitiesOf: simulatedAbilities,
  quirks: { accepts: ['stop', 'seed', 'presence_penalty', 'frequency_penalty', 'logit_bias'], rawReasoning: true },
  reads: ['metadata', 'prompt_cache_key', 'safety_identifier', 'service_tier'],
} as const satisfies Provider

type Operations = NonNullable<Provider['operations']>

const ofOpenAi: Operations = {
  embed: { dialect: 'embeddings', quirks: { mostInputs: 2048 } },
  rerank: { dialect: 'rerank', quirks: { mostInputs: 1000 } },
  moderate: { dialect: 'moderations', quirks: { mostInputs: 2048 } },
  speak: { dialect: 'speech', quirks: { mostCharacters: 4096 } },
}
const ofGoogle: Operations = { embed: { dialect: 'embed-content', quirks: { mostInputs: 100 } } }

/** The same models behind the real codec and framing of each dialect, and those beside turns where its family has the operation. */
export const simulators: readonly Provider[] = [
  simulated('responses', 'simulator', ofOpenAi),
  simulated('chat-completions', 'simulator-chat-completions', ofOpenAi),
  simulated('messages', 'simulator-messages'),
  simulated('generate-content', 'simulator-generate-content', ofGoogle),
  simulated('converse', 'simulator-converse'),
]

function simulated(dialect: DialectName, name: string, operations: Operations = {}): Provider {
  const does = (model: string): boolean =>
    simulatedAbilities(model)?.every((ability) => ability === 'generate' || operations[ability]) ?? true
  return {
    ...simulator,
    name,
    dialects: [dialect],
    operations,
    models: simulatorModels.filter(does),
    knows: (model) => isSimulated(model) && does(model),
  }
}
