import { GatewayError, type responses } from '@weir/contracts'
import type { CompactionAsk } from '../exchange.js'

interface Fields {
  readonly input?: string | responses.InputItem[] | null
  readonly context_management?: responses.ResponsesRequest['context_management']
}

/** Whether a request asks for its history to be made short. Throws 400 for a trigger that is not the last of the input. */
export function compactionOf({ input, context_management: management }: Fields): CompactionAsk | undefined {
  const items = Array.isArray(input) ? input : []
  const place = items.findIndex(({ type }) => type === 'compaction_trigger')
  if (place >= 0 && place < items.length - 1)
    throw new GatewayError('invalid_value', {
      message: `input[${place}]: a compaction_trigger is the last item of the input, and the only one of its kind.`,
      param: `input[${place}]`,
    })
  if (place >= 0) return { when: 'now' }
  const [first] = management ?? []
  return first && { when: 'above', tokens: first.compact_threshold ?? undefined }
}
