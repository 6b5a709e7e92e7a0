import busboy from 'busboy'
import { GatewayError, type Upload } from '@weir/contracts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type * as z from 'zod'
import type { Configuration } from '../configuration.js'
import { parse } from './parse.js'

const limits = { fieldNameSize: 100, fieldSize: 4096, fields: 20, files: 1, parts: 30 }
/** What a form may hold beside its file. Bytes. */
const besideFile = 256 * 1024
const longestName = 1000

/**
 * Reads a multipart form up to its file, whose content is read by whoever wants it, with back-pressure on the caller. Throws a
 * `GatewayError`: 415 for another content type or an encoded body, 413 beyond the limit of a file, 400 for a form that
 * cannot be read or holds no file, 499 when the caller leaves. What shows later is thrown by `content` and by `fields`.
 */
export function readForm(
  request: IncomingMessage,
  response: ServerResponse,
  schema: z.ZodObject,
  { fileLimit: limit, streamIdleTimeout: patience }: Pick<Configuration, 'fileLimit' | 'streamIdleTimeout'>,
): Promise<Upload> {
  const { headers } = request
  const type = headers['content-type'] ?? 'nothing'
  if (!/^multipart\/form-data\s*;/i.test(type) || (headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new GatewayError('unsupported_media_type', {
      message: `The body is ${type.slice(0, 100)}; send a plain multipart/form-data with a boundary.`,
    })
  if (Number(headers['content-length'] ?? 0) > limit + besideFile) throw tooLarge(limit)
  const parser = parserOf(headers)
  if (headers.expect !== undefined) response.writeContinue()

  return new Promise((resolve, reject) => {
    const fields = new Map<string, string>()
    let file: Readable | undefined
    let fault: GatewayError | undefined
    let settle: ((error?: GatewayError) => void) | undefined
    const ended = new Promise<void>((done, failed) => {
      settle = (error) => (error ? failed(error) : done())
    })
    // Whoever reads the content is told as well, and may never ask for the fields.
    ended.catch(() => undefined)

    const fail = (error: GatewayError): GatewayError => {
      if (fault) return fault
      fault = error
      request.unpipe(parser)
      reject(error)
      settle?.(error)
      file?.destroy(error)
      parser.destroy()
      return error
    }
    const refuse = (param: string | null, message: string): GatewayError =>
      fail(new GatewayError('invalid_value', { message: param === null ? message : `${param}: ${message}`, param }))

    const notWhole = (): GatewayError => refuse(null, 'The body is not a whole multipart form.')

    parser.on('field', (name = '', value, { nameTruncated, valueTruncated }) => {
      if (name === 'file') refuse('file', 'send it as a part with a filename.')
      else if (nameTruncated || valueTruncated) refuse(name.slice(0, 100), 'this field is too long.')
      else if (fields.has(name)) refuse(name, 'this field is there twice.')
      else fields.set(name, value)
    })
    parser.on('file', (name = '', content, { filename, mimeType }) => {
      // Its end is told by `fail`; without a listener it would end the process.
      content.on('error', () => undefined)
      if (name !== 'file') return void refuse(name.slice(0, 100), 'the file of a form is the part named "file".')
      const called = filename || 'file'
      if (called.length > longestName) return void refuse('file', `its name is longer than ${longestName} characters.`)
      // oxlint-disable-next-line no-control-regex -- these are what is looked for
      if (/[\u0000-\u001f\u007f]/.test(called)) return void refuse('file', 'its name holds control characters.')
      file = content
      resolve({
        filename: called,
        mediaType: /^[\w.+-]+\/[\w.+-]+$/.test(mimeType) ? mimeType.toLowerCase() : 'application/octet-stream',
        content: limited(content, limit, () => fail(tooLarge(limit)), notWhole),
        async fields() {
          await ended
          return parse(schema, nested(fields))
        },
      })
    })
    parser.on('filesLimit', () => refuse('file', 'a form takes one file.'))
    for (const event of ['fieldsLimit', 'partsLimit'] as const)
      parser.on(event, () => refuse(null, 'The form has too many fields.'))
    parser.on('error', notWhole)
    parser.on('close', () => {
      if (!file) fail(new GatewayError('missing_required_parameter', { message: 'file: This field is required.', param: 'file' }))
      else settle?.()
    })
    request.on('error', (cause) => fail(new GatewayError('client_closed', { cause })))
    request.on('close', () => {
      if (!request.complete) fail(new GatewayError('client_closed'))
    })
    // A caller may pause for so long, as the reader of an answer may.
    request.setTimeout(patience, () => request.destroy())
    // What a disk takes to have it all is no pause of the caller's.
    request.once('end', () => request.setTimeout(0))
    if (request.destroyed) fail(new GatewayError('client_closed'))
    else request.pipe(parser)
  })
}

function parserOf(headers: IncomingMessage['headers']) {
  try {
    return busboy({ headers, defParamCharset: 'utf8', limits })
  } catch (cause) {
    throw new GatewayError('invalid_value', { message: 'The form names no boundary in its content type.', cause })
  }
}

async function* limited(
  content: Readable,
  limit: number,
  beyond: () => GatewayError,
  notWhole: () => GatewayError,
): AsyncGenerator<Uint8Array> {
  let size = 0
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit) throw beyond()
      yield chunk
    }
  } catch (thrown) {
    // The parser tells the file of a broken end before it tells the form.
    throw thrown instanceof GatewayError ? thrown : notWhole()
  }
}

/** `expires_after[seconds]` as a field within a field. */
function nested(fields: ReadonlyMap<string, string>): object {
  const groups = new Map<string, string | [string, string][]>()
  for (const [name, value] of fields) {
    const [, group = name, inner] = /^([^[\]]+)\[([^[\]]+)\]$/.exec(name) ?? []
    const known = groups.get(group)
    if (inner === undefined) groups.set(group, value)
    else if (Array.isArray(known)) known.push([inner, value])
    else groups.set(group, [[inner, value]])
  }
  // Made by definition and not by assignment: a field may be called __proto__.
  return Object.fromEntries(
    [...groups].map(([name, value]) => [name, typeof value === 'string' ? value : Object.fromEntries(value)]),
  )
}

const tooLarge = (limit: number): GatewayError =>
  new GatewayError('payload_too_large', { message: `file: it is larger than the limit of ${limit} bytes.`, param: 'file' })
