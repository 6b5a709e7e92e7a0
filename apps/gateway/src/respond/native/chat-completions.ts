import type { NativeFacts, NativeWire } from './native-wire.js'

/** Usage that is more than `null`; within a text its quotes would be escaped. */
const usageObject = /"usage"\s*:\s*\{/

/** Chat's chunks pass as they are, but for the usage that only Weir asked for. */
export function chatWire({ answering }: NativeFacts): NativeWire {
  const asksForUsage = answering.asked.streamOptions?.includeUsage === true
  return {
    hidden: {},
    whole: (wire) => ({ ...wire, provider: answering.provider }),
    frame(frame) {
      if (asksForUsage || !usageObject.test(frame.data)) return frame
      const chunk = JSON.parse(frame.data) as { choices?: unknown[] | null }
      return chunk.choices && chunk.choices.length > 0 ? frame : undefined
    },
  }
}
