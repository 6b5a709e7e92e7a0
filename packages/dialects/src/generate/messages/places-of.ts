/** Where a parameter of the wire stands in the canonical request, for the paths of losses. */
export function placesOf(field: string): readonly string[] {
  return places[field] ?? [`extras.messages.${field}`]
}

const places: Readonly<Record<string, readonly string[]>> = {
  max_tokens: ['sampling.maxOutputTokens'],
  temperature: ['sampling.temperature'],
  top_p: ['sampling.topP'],
  top_k: ['sampling.topK'],
  stop_sequences: ['sampling.stop'],
  system: ['instructions'],
  thinking: ['reasoning'],
  output_config: ['format', 'reasoning.effort'],
  tools: ['tools'],
  tool_choice: ['toolChoice'],
  service_tier: ['serviceTier'],
  metadata: ['safetyIdentifier'],
}
