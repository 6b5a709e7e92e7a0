import { generateKeyPairSync, sign } from 'node:crypto'

/** A certificate that vouches for itself, and the key to it, in PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** One element of ASN.1 in DER: its tag, its length and what is in it. */
function element(tag: number, ...inner: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(inner.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)))
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const sequence = (...inner: readonly (Buffer | string)[]): Buffer => element(0x30, ...inner)
const time = (text: string): Buffer => element(0x17, Buffer.from(text))

/** For 127.0.0.1, signed by itself (RFC 5280), so that a test needs neither a tool nor a file. */
export function selfSigned(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const ecdsaWithSha256 = sequence(element(0x06, '2a8648ce3d040302'))
  const commonName = sequence(element(0x06, '550403'), element(0x0c, Buffer.from('weir test')))
  const name = sequence(element(0x31, commonName))
  const address = sequence(element(0x87, '7f000001'))
  const subjectAltName = sequence(element(0x06, '551d11'), element(0x04, address))
  const authority = sequence(element(0x06, '551d13'), element(0x01, 'ff'), element(0x04, sequence(element(0x01, 'ff'))))
  const unsigned = sequence(
    element(0xa0, element(0x02, '02')),
    element(0x02, '01'),
    ecdsaWithSha256,
    name,
    sequence(time('200101000000Z'), time('491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(subjectAltName, authority)),
  )
  const der = sequence(unsigned, ecdsaWithSha256, element(0x03, '00', sign('sha256', unsigned, privateKey)))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
