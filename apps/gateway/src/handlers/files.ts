import { GatewayError, mintId, type Contract, type FileObject, type Handlers } from '@weir/contracts'
import type { StoredFile } from '../ports/files.js'
import type { HandlerContext } from './context.js'

export const files: Handlers<Contract, HandlerContext>['files'] = {
  async create({ filename, mediaType, content, fields }, { ports, caller }) {
    await using blob = await ports.blobs.put(content)
    const { purpose, expires_after: expiry } = await fields()
    if (blob.bytes === 0) throw new GatewayError('invalid_value', { message: 'file: it is empty.', param: 'file' })
    const createdAt = Math.floor(ports.clock.now())
    const file: StoredFile = {
      id: mintId('file'),
      owner: caller,
      createdAt,
      expiresAt: expiry ? createdAt + expiry.seconds * 1000 : null,
      filename,
      purpose,
      mediaType,
      bytes: blob.bytes,
      hash: blob.hash,
    }
    await ports.files.put(file)
    return objectOf(file)
  },

  async list({ limit, order, after, purpose }, { ports, caller }) {
    const rows = await ports.files.list(caller, {
      // One row more than asked tells whether there are more.
      limit: limit + 1,
      order,
      ...(after !== undefined && { after }),
      ...(purpose !== undefined && { purpose }),
    })
    const data = rows.slice(0, limit).map(objectOf)
    return {
      object: 'list',
      data,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: rows.length > limit,
    }
  },

  async get({ id }, { ports, caller }) {
    return objectOf((await ports.files.get(caller, id)) ?? missing(id))
  },

  async content({ id }, { ports, caller }) {
    const { filename, mediaType, bytes, hash } = (await ports.files.get(caller, id)) ?? missing(id)
    // Where the row outlived its content, there is as little to give as without it.
    return { filename, mediaType, bytes, content: (await ports.blobs.get(hash)) ?? missing(id) }
  },

  async delete({ id }, { ports, caller }) {
    const { hash } = (await ports.files.delete(caller, id)) ?? missing(id)
    await ports.blobs.release(hash)
    return { id, object: 'file', deleted: true }
  },
}

function missing(id: string): never {
  throw new GatewayError('not_found', { message: `There is no file "${id.slice(0, 100)}".`, param: 'id' })
}

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)

const objectOf = ({ id, bytes, createdAt, expiresAt, filename, purpose }: StoredFile): FileObject => ({
  id,
  object: 'file',
  bytes,
  created_at: seconds(createdAt),
  ...(expiresAt !== null && { expires_at: seconds(expiresAt) }),
  filename,
  // The contract let no other in.
  purpose: purpose as FileObject['purpose'],
  status: 'processed',
})
