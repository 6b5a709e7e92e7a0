import { GatewayError } from '@weir/contracts'
import type { Guarded } from '../exchange.js'
import { fetchGuarded } from '../fetch-guard/fetch-guard.js'
import type { Ports } from '../ports/ports.js'
import type { StoredFile } from '../ports/files.js'
import { mediaTypeOf } from './media-type.js'
import type { Attachment } from './speech/speech.js'

/** The content of an attachment. */
export interface Content {
  readonly bytes: Buffer
  readonly mediaType: string
  readonly filename: string | undefined
}

/** Contents by the file id or the URL that names them, or why there is none. */
export type Loaded = ReadonlyMap<string, Content | GatewayError>

const fetchTimeout = 30_000
/** Fetched at the same time. */
const together = 4

/** What names its content: a file comes before a URL. */
export const nameOf = ({ fileId, url }: Attachment): string => (fileId === undefined ? `url ${url}` : `file ${fileId}`)

/**
 * Loads every content once, however often it is named. Throws 400 where all together, counted as often as they are named, are
 * larger than the limit. What is not there or cannot be fetched is an error in its place.
 */
export async function load(
  wanted: readonly Attachment[],
  exchange: Guarded,
  ports: Pick<Ports, 'files' | 'blobs' | 'web'>,
): Promise<Loaded> {
  const { caller, configuration } = exchange
  const { attachmentLimit: limit } = configuration
  const files = await ports.files.find(
    caller,
    wanted.flatMap(({ fileId }) => fileId ?? []),
  )
  const loaded = new Map<string, Content | GatewayError>()
  let total = 0
  const count = (bytes: number, path: string): void => {
    total += bytes
    if (total > limit) throw tooLarge(path, limit)
  }
  for (const { fileId, path } of wanted) if (fileId !== undefined) count(files.get(fileId)?.bytes ?? 0, path)

  const firsts = [...new Map(wanted.map((attachment) => [nameOf(attachment), attachment])).values()]
  const next = firsts.values()
  const work = async (): Promise<void> => {
    for (const attachment of next) {
      const content = await contentOf(attachment, files, exchange, ports, limit - total)
      loaded.set(nameOf(attachment), content)
      if (attachment.fileId !== undefined || content instanceof GatewayError) continue
      for (const one of wanted) if (nameOf(one) === nameOf(attachment)) count(content.bytes.length, one.path)
    }
  }
  await Promise.all(Array.from({ length: together }, work))
  return loaded
}

async function contentOf(
  attachment: Attachment,
  files: ReadonlyMap<string, StoredFile>,
  { configuration, signal }: Guarded,
  ports: Pick<Ports, 'blobs' | 'web'>,
  most: number,
): Promise<Content | GatewayError> {
  const { fileId, url = '', path, kind } = attachment
  if (fileId !== undefined) {
    const file = files.get(fileId)
    const bytes = file && (await ports.blobs.read(file.hash))
    if (!bytes) return noSuchFile(fileId, path)
    return { bytes, mediaType: mediaTypeOf(bytes, file.filename, file.mediaType), filename: file.filename }
  }
  try {
    const { fetchAllow: allow } = configuration
    const accepts = (type = unsaid): boolean => kind === 'file' || type.startsWith('image/') || type === unsaid
    const { bytes, mediaType } = await fetchGuarded(
      url,
      { param: path, most, timeout: fetchTimeout, signal, allow, accepts },
      ports,
    )
    const filename = attachment.filename ?? lastSegment(url)
    return { bytes, mediaType: mediaTypeOf(bytes, filename, mediaType), filename }
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'invalid_value') return error
    throw error
  }
}

const unsaid = 'application/octet-stream'

/** The name of what a URL leads to, as far as the URL says one. */
function lastSegment(url: string): string | undefined {
  const segment = new URL(url).pathname.split('/').at(-1) ?? ''
  return /^[\w.-]{1,200}$/.test(segment) ? segment : undefined
}

/** Unknown, deleted, expired and another owner's all read the same. */
export const noSuchFile = (id: string, path: string): GatewayError =>
  new GatewayError('not_found', { message: `${path}: There is no file "${id.slice(0, 100)}".`, param: path })

const tooLarge = (path: string, limit: number): GatewayError =>
  new GatewayError('invalid_value', {
    message: `${path}: the files that this request brings, with those of the turns before it, are larger than ${limit} bytes in all.`,
    param: path,
  })
