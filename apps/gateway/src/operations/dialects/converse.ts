import { converse, type ConverseRequest } from '@weir/dialects'
import type { UpstreamDialect } from '../operation.js'

/** No caller speaks it, so that no body of it is ever a caller's own. */
export const converseUpstream: UpstreamDialect = {
  codec: converse,
  // A body has both fields as long as it is in the gateway.
  address: (body) => converse.address(body as ConverseRequest),
  streamType: 'application/vnd.amazon.eventstream',
  storesByDefault: false,
  asksForTokens: false,
  fetches: { images: false, files: false },
  inlinesText: false,
  isAnswer: (answer) => 'output' in answer,
}
