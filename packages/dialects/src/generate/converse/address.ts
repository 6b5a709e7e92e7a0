import type { ConverseRequest } from './wire.js'

/** Where a request goes below the base URL, and what is sent there. A model's id may be an ARN, with colons and slashes. */
export function address({ model, stream, ...body }: ConverseRequest): { readonly path: string; readonly body: object } {
  return { path: `/model/${encodeURIComponent(model)}/${stream === true ? 'converse-stream' : 'converse'}`, body }
}
