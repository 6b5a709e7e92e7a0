import { GatewayError, type responses } from '@weir/contracts'

type InputItem = responses.InputItem

/** The results whose call a model has to have seen. */
const results = new Set(['function_call_output', 'custom_tool_call_output', 'shell_call_output', 'apply_patch_call_output'])

/**
 * Throws 400 that names the place of a tool's output whose call is nowhere: no model can make sense of it, and most providers
 * answer it with an error that names nothing. `input` keeps the places of the caller's own list. A compaction may stand for the
 * call, so nothing is judged beside one.
 */
export function assertCallsKnown(history: readonly InputItem[], input: readonly (InputItem | undefined)[]): void {
  if (!input.some((item) => item && isResult(item))) return
  const calls = new Set<unknown>()
  for (const items of [history, input])
    for (const item of items) {
      if (item?.type === 'compaction') return
      if (item && 'call_id' in item && !item.type?.endsWith('_output')) calls.add(item.call_id)
    }
  for (const [place, item] of input.entries()) {
    if (!item || !isResult(item) || calls.has(item.call_id)) continue
    const field = `input[${place}].call_id`
    throw new GatewayError('invalid_value', {
      message: `${field}: No tool call with the id "${String(item.call_id).slice(0, 100)}" stands before it or in its history.`,
      param: field,
    })
  }
}

const isResult = (item: InputItem): item is InputItem & { call_id: unknown } => 'call_id' in item && results.has(item.type ?? '')
