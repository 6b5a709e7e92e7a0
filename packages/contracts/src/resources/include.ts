import * as z from 'zod'

/** The parts of items that are shown only to whoever asks for them. */
export const includables = [
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
] as const

export type Includable = (typeof includables)[number]

/** As `include=a&include=b` or, as OpenAI's SDKs write it, `include[]=a&include[]=b`. */
export const includeShape = {
  include: z.exactOptional(z.array(z.enum(includables))),
}
