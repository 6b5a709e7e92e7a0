import { GatewayError, type generateContent as wire } from '@weir/contracts'

/** The path below a base URL, and the body that is sent there. Throws as `addressOf` does. */
export function address({ model, stream, ...body }: wire.GenerateContentRequest): { path: string; body: object } {
  return { path: addressOf(model, stream === true ? 'streamGenerateContent?alt=sse' : 'generateContent'), body }
}

/**
 * The path of a method of a model. Its name may hold slashes: each piece of it is encoded by itself. Throws a `GatewayError` for a name
 * that would lead to another path.
 */
export function addressOf(model: string, method: string): string {
  const pieces = model.replace(/^models\//, '').split('/')
  if (pieces.some((piece) => /^\.{0,2}$/.test(piece)))
    throw new GatewayError('model_not_found', { param: 'model', message: 'There is no model of this name.' })
  return `/models/${pieces.map(encodeURIComponent).join('/')}:${method}`
}
