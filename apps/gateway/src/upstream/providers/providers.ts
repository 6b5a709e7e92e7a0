import type { Provider } from '../provider.js'
import { anthropic } from './anthropic.js'
import { awsBedrock } from './aws-bedrock.js'
import { azureOpenai } from './azure-openai.js'
import { cerebras } from './cerebras.js'
import { deepseek } from './deepseek.js'
import { fireworks } from './fireworks.js'
import { googleGemini } from './google-gemini.js'
import { googleVertex } from './google-vertex.js'
import { groq } from './groq.js'
import { llamaCpp } from './llama-cpp.js'
import { lmStudio } from './lm-studio.js'
import { mistralAi } from './mistral-ai.js'
import { ollama } from './ollama.js'
import { openai } from './openai.js'
import { openaiCompatible } from './openai-compatible.js'
import { openrouter } from './openrouter.js'
import { simulators } from './simulator.js'
import { togetherAi } from './together-ai.js'
import { vllm } from './vllm.js'
import { xai } from './xai.js'

/** Every provider there is. One line each. */
export const providers: readonly Provider[] = [
  openai,
  azureOpenai,
  anthropic,
  googleGemini,
  googleVertex,
  awsBedrock,
  openaiCompatible,
  ollama,
  groq,
  mistralAi,
  deepseek,
  xai,
  openrouter,
  togetherAi,
  fireworks,
  cerebras,
  vllm,
  llamaCpp,
  lmStudio,
  ...simulators,
]
