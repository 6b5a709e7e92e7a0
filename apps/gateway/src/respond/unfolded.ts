import type { responses as wire } from '@weir/contracts'
import { responses, unfold, type SseFrame } from '@weir/dialects'

/**
 * The events that would have brought a response which has ended, numbered as any stream is, and `[DONE]`. Deltas hold a whole part
 * each; items and the response are the very ones that were kept.
 */
export function unfolded(response: wire.ResponseObject): SseFrame[] {
  const encoder = responses.stream.encode({
    asked: { model: response.model, items: [], sampling: {}, stream: true, state: {} },
    id: response.id,
    createdAt: response.created_at,
    model: response.model,
    provider: response.provider ?? '',
    stored: true,
  })
  const begun: wire.ResponseObject = {
    ...response,
    status: 'in_progress',
    completed_at: null,
    error: null,
    incomplete_details: null,
    output: [],
    usage: null,
  }
  const frames: SseFrame[] = []
  for (const event of unfold(responses.response.decode(response)))
    encoder.push(event, (frame) => frames.push(asKept(frame, response, begun)))
  return frames
}

/** The encoder knows the answer only, not what was asked: what was kept says both. */
function asKept(frame: SseFrame, response: wire.ResponseObject, begun: wire.ResponseObject): SseFrame {
  if (frame.data === '[DONE]') return frame
  // Made by the encoder a moment ago.
  const event = JSON.parse(frame.data) as wire.ResponsesEvent
  if ('response' in event) {
    const over = event.type !== 'response.created' && event.type !== 'response.in_progress'
    return { ...frame, data: JSON.stringify({ ...event, response: over ? response : begun }) }
  }
  if (event.type !== 'response.output_item.done') return frame
  // Its type is open at one end, which keeps the compiler from knowing the field.
  const place = event.output_index as number
  return { ...frame, data: JSON.stringify({ ...event, item: response.output[place] ?? event.item }) }
}
