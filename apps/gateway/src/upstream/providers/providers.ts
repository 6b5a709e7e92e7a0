import type { Provider } from '../provider.js'
import { ai21 } from './ai21.js'
import { anthropic } from './anthropic.js'
import { awsBedrock } from './aws-bedrock.js'
import { azureFoundry } from './azure-foundry.js'
import { azureOpenai } from './azure-openai.js'
import { baseten } from './baseten.js'
import { cerebras } from './cerebras.js'
import { cloudflare } from './cloudflare.js'
import { cohere } from './cohere.js'
import { databricks } from './databricks.js'
import { deepinfra } from './deepinfra.js'
import { deepseek } from './deepseek.js'
import { fireworks } from './fireworks.js'
import { githubModels } from './github-models.js'
import { googleGemini } from './google-gemini.js'
import { googleVertex } from './google-vertex.js'
import { groq } from './groq.js'
import { huggingface } from './huggingface.js'
import { hyperbolic } from './hyperbolic.js'
import { llamaCpp } from './llama-cpp.js'
import { lmStudio } from './lm-studio.js'
import { minimax } from './minimax.js'
import { mistralAi } from './mistral-ai.js'
import { moonshot } from './moonshot.js'
import { nebius } from './nebius.js'
import { novita } from './novita.js'
import { nvidiaNim } from './nvidia-nim.js'
import { ollama } from './ollama.js'
import { openaiCompatible } from './openai-compatible.js'
import { openai } from './openai.js'
import { openrouter } from './openrouter.js'
import { perplexityAi } from './perplexity-ai.js'
import { qwen } from './qwen.js'
import { sambanova } from './sambanova.js'
import { selfHostedModel } from './self-hosted-model.js'
import { sglang } from './sglang.js'
import { simulators } from './simulator.js'
import { snowflakeCortex } from './snowflake-cortex.js'
import { tgi } from './tgi.js'
import { togetherAi } from './together-ai.js'
import { vllm } from './vllm.js'
import { xai } from './xai.js'
import { zhipu } from './zhipu.js'

/** Every provider there is. One line each. */
export const providers: readonly Provider[] = [
  openai,
  azureOpenai,
  azureFoundry,
  anthropic,
  googleGemini,
  googleVertex,
  awsBedrock,
  openaiCompatible,
  selfHostedModel,
  ollama,
  groq,
  mistralAi,
  deepseek,
  xai,
  openrouter,
  togetherAi,
  fireworks,
  cerebras,
  cohere,
  perplexityAi,
  sambanova,
  deepinfra,
  nvidiaNim,
  huggingface,
  databricks,
  cloudflare,
  snowflakeCortex,
  githubModels,
  ai21,
  moonshot,
  zhipu,
  qwen,
  minimax,
  nebius,
  novita,
  hyperbolic,
  baseten,
  vllm,
  sglang,
  tgi,
  llamaCpp,
  lmStudio,
  ...simulators,
]
