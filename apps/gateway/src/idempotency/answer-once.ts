import type { Ports } from '../ports/ports.js'
import { once, type Repeatable } from './idempotency.js'

/**
 * What `make` gives, made once for its key; `repeated` where it was made before. What `make` throws is not kept. Throws what
 * `once` throws.
 */
export async function answerOnce(
  asked: Repeatable,
  ports: Pick<Ports, 'idempotency' | 'seal'>,
  make: () => unknown,
): Promise<{ readonly output: unknown; readonly repeated: boolean }> {
  const { kept, claim } = await once(asked, ports)
  if (kept?.form === 'body') return { output: kept.body, repeated: true }
  try {
    const output = await make()
    if (output !== null && typeof output === 'object') await claim?.keep({ headers: {}, form: 'body', body: output })
    return { output, repeated: false }
  } finally {
    await claim?.free()
  }
}
