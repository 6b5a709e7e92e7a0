// What a request names by a file id or a URL, given to a target as that target can take it.
import { GatewayError } from '@weir/contracts'
import type { Loss } from '@weir/dialects'
import { openCompactions } from '../compaction/open-compactions.js'
import type { Candidate, Guarded } from '../exchange.js'
import { asking } from '../ingress/ingress.js'
import type { Ports } from '../ports/ports.js'
import { chooseLane } from '../translate/lane.js'
import { load, nameOf, type Content } from './load.js'
import { mediaTypeOf, readableText } from './media-type.js'
import type { Attachment, Replace, Replacement } from './speech/speech.js'
import { replaceInBody, replaceInItems } from './wire-parts.js'

export interface Attached {
  /** For the translation alone: what is kept of the turn still names its files by id. */
  readonly exchange: Guarded
  readonly losses: readonly Loss[]
}

/** How this candidate takes images and files. */
interface Taking {
  readonly imageUrls: boolean
  readonly fileUrls: boolean
  /** Whether a file with text in it goes as that text. */
  readonly inlinesText: boolean
  readonly files: boolean
}

/**
 * Gives files by their content: a file id of ours means nothing to an upstream, and a URL only to one that fetches. Text files become
 * text where the target would not read them. Throws 400 that names the place for what the caller sent in this turn and that
 * cannot be had; what an earlier turn named and is gone since is a loss, for a conversation has to be able to go on.
 */
export async function attach(
  sealed: Guarded,
  candidate: Candidate,
  ports: Pick<Ports, 'files' | 'blobs' | 'web' | 'seal'>,
): Promise<Attached> {
  const taking = takingOf(sealed, candidate)
  const native = chooseLane(sealed, candidate).lane === 'native'
  const exchange = openCompactions(sealed, native && candidate.account.provider.compacts === true, ports)
  const wanted: Attachment[] = []
  let touched = false
  replaceAll(exchange, (attachment) => {
    const way = wayOf(attachment, taking)
    if (way === 'load') wanted.push(attachment)
    if (way !== 'keep') touched = true
    return undefined
  })
  if (!touched) return { exchange: sealed, losses: [] }
  const loaded = wanted.length > 0 ? await load(wanted, exchange, ports) : new Map<string, Content | GatewayError>()
  const losses: Loss[] = []
  const given = replaceAll(exchange, (attachment) => {
    const way = wayOf(attachment, taking)
    if (way === 'keep') return undefined
    const content = way === 'load' ? loaded.get(nameOf(attachment)) : inlineContent(attachment)
    if (!content) return undefined
    if (!(content instanceof GatewayError)) return replacementOf(attachment, content, taking, exchange, losses)
    return lost(attachment, content, exchange, losses)
  })
  return { exchange: given, losses }
}

function takingOf(exchange: Guarded, candidate: Candidate): Taking {
  const { lane, dialect } = chooseLane(exchange, candidate)
  const { noUrls, noFiles } = candidate.target.quirks ?? {}
  const { fetches, inlinesText = false } = exchange.operation.upstream[dialect] ?? {}
  return {
    imageUrls: noUrls !== true && fetches?.images === true,
    fileUrls: noUrls !== true && fetches?.files === true,
    // Who speaks a server's own language means what its words mean there.
    inlinesText: inlinesText && lane === 'translated',
    files: lane === 'native' || noFiles !== true,
  }
}

/** `load`: its content has to be had. `say`: it is in the request already, but is said in another way. */
function wayOf({ kind, fileId, url, data }: Attachment, taking: Taking): 'keep' | 'load' | 'say' {
  if (fileId !== undefined) return 'load'
  if (kind === 'file' && data !== undefined) return taking.inlinesText || !taking.files ? 'say' : 'keep'
  if (url === undefined || /^data:/i.test(url)) return 'keep'
  return (kind === 'image' ? taking.imageUrls : taking.fileUrls) ? 'keep' : 'load'
}

function replaceAll(exchange: Guarded, replace: Replace): Guarded {
  const body = replaceInBody(exchange.ingress.attachments, exchange.body, replace)
  const history = replaceInItems(exchange.history, 'history', replace)
  return { ...exchange, ...(body !== exchange.body && asking(exchange.ingress, body)), history }
}

function replacementOf(
  attachment: Attachment,
  content: Content,
  taking: Taking,
  exchange: Guarded,
  losses: Loss[],
): Replacement | undefined {
  const { kind, path } = attachment
  const { bytes, mediaType } = content
  const filename = attachment.filename ?? content.filename
  const dataUrl = (): string => `data:${mediaType};base64,${bytes.toString('base64')}`
  if (kind === 'image') {
    if (mediaType.startsWith('image/')) return { dataUrl: dataUrl(), filename: undefined }
    const message = `${path}: this is ${mediaType} and not an image; send it as a file.`
    return lost(attachment, new GatewayError('invalid_value', { message, param: path }), exchange, losses)
  }
  const text = taking.inlinesText ? readableText(bytes, mediaType) : undefined
  if (text !== undefined) {
    losses.push({ path, disposition: 'approximated', reason: 'The text of the file goes as text.' })
    return { text: `${filename === undefined ? 'A file' : `The file "${filename}"`}:\n\n${text}` }
  }
  if (!taking.files) {
    losses.push({ path, disposition: 'dropped', reason: `This model takes no files, and ${mediaType} cannot be said as text.` })
    return {
      text: `[${filename === undefined ? 'A file' : `The file "${filename}"`} stood here, which this model cannot be given.]`,
    }
  }
  // What the caller gave as data stays as it was written.
  return attachment.fileId === undefined && attachment.url === undefined
    ? undefined
    : { dataUrl: dataUrl(), filename: filename ?? 'file' }
}

/** In this turn it is the caller's to mend. In an earlier one nobody can, and the model is told that something is missing. */
function lost(attachment: Attachment, error: GatewayError, { named }: Guarded, losses: Loss[]): Replacement {
  const { path, kind } = attachment
  if (named.has(nameOf(attachment))) throw error
  losses.push({ path, disposition: 'dropped', reason: `What an earlier turn named is not to be had any more. ${error.message}` })
  return { text: `[${kind === 'image' ? 'An image' : 'A file'} stood here, which is not there any more.]` }
}

/** Content that stands in the request, as a data URL or bare base64. */
function inlineContent({ data = '', filename }: Attachment): Content {
  const [, said, base64] = /^data:([^;,]*)[^,]*,(.*)$/s.exec(data) ?? [undefined, undefined, data]
  const bytes = Buffer.from(base64 ?? '', 'base64')
  return { bytes, mediaType: mediaTypeOf(bytes, filename, said || undefined), filename }
}
