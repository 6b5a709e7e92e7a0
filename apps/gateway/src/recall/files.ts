import type { Ingressed } from '../exchange.js'
import { nameOf, noSuchFile } from '../attachments/load.js'
import type { Attachment } from '../attachments/speech/speech.js'
import { replaceInBody } from '../attachments/wire-parts.js'
import type { Ports } from '../ports/ports.js'

/**
 * The names of what the caller itself brings in this turn by a file id or a URL. Throws 404 that names the place of a file id
 * that is unknown, deleted, expired or another owner's.
 */
export async function namedFiles(
  { ingress, body, caller, operation }: Ingressed,
  { files }: Pick<Ports, 'files'>,
): Promise<ReadonlySet<string>> {
  if (operation.quotesTurns) return nothing
  const named: Attachment[] = []
  replaceInBody(ingress.attachments, body, (attachment) => {
    const { fileId, url } = attachment
    if (fileId !== undefined || (url !== undefined && !/^data:/i.test(url))) named.push(attachment)
    return undefined
  })
  if (named.length === 0) return nothing
  const ids = named.flatMap(({ fileId }) => fileId ?? [])
  const found = ids.length > 0 ? await files.find(caller, ids) : new Map()
  for (const { fileId, path } of named) if (fileId !== undefined && !found.has(fileId)) throw noSuchFile(fileId, path)
  return new Set(named.map(nameOf))
}

const nothing: ReadonlySet<string> = new Set()
