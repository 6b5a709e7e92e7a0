/** Where a parameter of the wire stands in the canonical request, for the paths of losses. */
export function placeOf(field: string): string {
  return places[field] ?? `extras.chat-completions.${field}`
}

const places: Readonly<Record<string, string>> = {
  temperature: 'sampling.temperature',
  top_p: 'sampling.topP',
  max_tokens: 'sampling.maxOutputTokens',
  max_completion_tokens: 'sampling.maxOutputTokens',
  stop: 'sampling.stop',
  seed: 'sampling.seed',
  presence_penalty: 'sampling.presencePenalty',
  frequency_penalty: 'sampling.frequencyPenalty',
  logit_bias: 'sampling.logitBias',
  logprobs: 'sampling.logprobs',
  top_logprobs: 'sampling.topLogprobs',
  n: 'sampling.choices',
  response_format: 'format',
  reasoning_effort: 'reasoning.effort',
  verbosity: 'verbosity',
  tools: 'tools',
  tool_choice: 'toolChoice',
  parallel_tool_calls: 'parallelToolCalls',
  service_tier: 'serviceTier',
  prompt_cache_key: 'promptCacheKey',
  safety_identifier: 'safetyIdentifier',
  user: 'user',
  store: 'state.store',
  metadata: 'state.metadata',
  stream_options: 'streamOptions',
}
