// The items of a conversation and the parts in them, as far as they are checked. What has a type of another name passes as it is.
import { either, freeObject, list, name, named, nullish, object, oneOf, optional, text, textOf, variants } from '../rule.js'

/** The limits of the API, in characters. What a body may hold as a whole is the gateway's own limit and mostly lower. */
export const longText = textOf({ maximum: 10_485_760 })
const imageUrl = textOf({ maximum: 20_971_520 })
const fileData = textOf({ maximum: 73_400_320 })
const callId = textOf({ minimum: 1, maximum: 64 })

export const part = named(
  'ContentPart',
  variants('type', {
    input_text: { text: longText },
    input_image: {
      image_url: nullish(imageUrl),
      file_id: nullish(text),
      detail: nullish(oneOf('low', 'high', 'auto', 'original')),
    },
    input_file: { file_id: nullish(text), file_url: nullish(text), file_data: nullish(fileData), filename: nullish(text) },
    input_audio: { input_audio: object({ data: text, format: text }) },
    output_text: { text, annotations: optional(list(freeObject)), logprobs: optional(list(freeObject)) },
    refusal: { refusal: text },
  }),
)

const status = nullish(text)
const id = nullish(text)
const textOrParts = either(longText, list(part))

/** The fields of the items that Weir reads; an item of any other type passes as it is. */
export const itemFields = {
  message: {
    id,
    role: oneOf('user', 'assistant', 'system', 'developer'),
    content: textOrParts,
    status,
    phase: nullish(text),
  },
  function_call: { id, call_id: callId, name, namespace: nullish(text), arguments: text, status },
  function_call_output: { id, call_id: callId, output: textOrParts, status },
  custom_tool_call: { id, call_id: callId, name, namespace: nullish(text), input: text, status },
  custom_tool_call_output: { id, call_id: callId, output: textOrParts },
  reasoning: {
    id,
    summary: list(object({ type: text, text })),
    content: nullish(list(object({ type: text, text }))),
    encrypted_content: nullish(text),
    status,
  },
  item_reference: { id: name },
} as const

const typedItem = variants('type', itemFields, 'message')
const bareReference = object({ id: name })

/** `{ id }` alone refers to an item too: no message looks like it, which has a role. */
const isBareReference = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  !('role' in value) &&
  (!('type' in value) || value.type === null)

export const item = named('InputItem', {
  ...typedItem,
  check: (value: unknown) => (isBareReference(value) ? bareReference.check(value) : typedItem.check(value)),
})
