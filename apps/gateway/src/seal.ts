// AES-256-GCM over keys that are derived anew for each text, so that no number of texts wears a key out.
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto'
import type { Settings } from './config.js'
import type { Seal } from './ports/seal.js'
import { keyFromFile } from './seal-file.js'

const cipher = 'aes-256-gcm'
const mark = 'weirseal1'
const saltLength = 24
const keyLength = 32
const tagLength = 16

/** Whether a text says that it was sealed by an installation of this gateway. */
export const isSealed = (text: unknown): boolean => typeof text === 'string' && text.startsWith(`${mark}.`)

interface Key {
  readonly id: string
  readonly secret: KeyObject
}

/**
 * The seal of this installation: of `WEIR_SEAL_KEY` (the first key seals, all of them open), else of the key in the data
 * folder, which the first start makes. Throws a `StartError` for a key file that cannot be used.
 */
export function openSeal({ sealKeys, dataDir }: Pick<Settings, 'sealKeys' | 'dataDir'>): Seal {
  return sealWith(sealKeys.length > 0 ? sealKeys : [keyFromFile(dataDir)])
}

/** A seal of these keys: texts of 32 characters or more, at least one. */
function sealWith(texts: readonly string[]): Seal {
  const keys = texts.map(keyOf)
  return {
    seal(plain, purpose) {
      const [key] = keys
      if (!key) throw new Error('A seal needs a key.')
      const salt = randomBytes(saltLength)
      const { secret, nonce } = derived(key, salt)
      const sealing = createCipheriv(cipher, secret, nonce).setAAD(Buffer.from(purpose))
      const text = Buffer.concat([salt, sealing.update(plain, 'utf8'), sealing.final(), sealing.getAuthTag()])
      return `${mark}.${key.id}.${text.toString('base64url')}`
    },
    open(sealed, purpose) {
      const [prefix, id, payload, ...rest] = sealed.split('.', 4)
      const key = keys.find((each) => each.id === id)
      if (prefix !== mark || !key || payload === undefined || rest.length > 0) return undefined
      const bytes = Buffer.from(payload, 'base64url')
      // One text has one sealed form: base64url that decodes to the same bytes is not taken for it.
      if (bytes.length < saltLength + tagLength || bytes.toString('base64url') !== payload) return undefined
      const { secret, nonce } = derived(key, bytes.subarray(0, saltLength))
      const opening = createDecipheriv(cipher, secret, nonce).setAAD(Buffer.from(purpose))
      opening.setAuthTag(bytes.subarray(-tagLength))
      const plain = opening.update(bytes.subarray(saltLength, -tagLength))
      try {
        return Buffer.concat([plain, opening.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}

function keyOf(text: string): Key {
  const secret = createSecretKey(Buffer.from(text))
  const id = Buffer.from(hkdfSync('sha256', secret, '', 'weir seal: key id', 6)).toString('base64url')
  return { id, secret }
}

function derived({ secret }: Key, salt: Buffer): { secret: Buffer; nonce: Buffer } {
  const bytes = Buffer.from(hkdfSync('sha256', secret, salt, 'weir seal: text', keyLength + 12))
  return { secret: bytes.subarray(0, keyLength), nonce: bytes.subarray(keyLength) }
}
