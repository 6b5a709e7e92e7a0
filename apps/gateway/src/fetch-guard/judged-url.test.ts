import { describe, expect, test } from 'vitest'
import { judgeUrl } from './judged-url.js'
import { isPublic } from './public-address.js'

const none: ReadonlySet<string> = new Set()
const judged = (text: string): string => {
  const verdict = judgeUrl(text, none)
  return typeof verdict === 'string' ? verdict : 'good'
}

describe('the spelling of a URL', () => {
  test.each([
    ['https://example.com/picture.png?size=2#top', 'good'],
    ['HTTPS://EXAMPLE.COM/', 'good'],
    ['https://example.com:8443/', 'good'],
    ['https://bücher.example/', 'good'],
    ['https://93.184.216.34/', 'good'],
    ['https://[2606:2800:220:1:248:1893:25c8:1946]/', 'good'],
    ['http://example.com/', 'only https URLs are fetched.'],
    ['ftp://example.com/', 'only https URLs are fetched.'],
    ['file:///etc/passwd', expect.stringContaining('not a URL that can be fetched')],
    ['//example.com/', expect.stringContaining('not a URL that can be fetched')],
    ['https:example.com', expect.stringContaining('not a URL that can be fetched')],
    ['https:///example.com', expect.stringContaining('not a URL that can be fetched')],
    ['example.com', expect.stringContaining('not a URL that can be fetched')],
    ['', expect.stringContaining('not a URL that can be fetched')],
    ['https://user@example.com/', expect.stringContaining('user or a password')],
    ['https://user:secret@example.com/', expect.stringContaining('user or a password')],
    ['https://example.com@10.0.0.1/', expect.stringContaining('user or a password')],
    ['https://example.com./', expect.stringContaining('plain form')],
    ['https://127.0.0.1./', expect.stringContaining('plain form')],
    ['https://example.com.:443/', expect.stringContaining('plain form')],
    ['https://%65xample.com/', expect.stringContaining('plain form')],
    ['https://2130706433/', expect.stringContaining('plain form')],
    ['https://0x7f000001/', expect.stringContaining('plain form')],
    ['https://0177.0.0.1/', expect.stringContaining('plain form')],
    ['https://127.1/', expect.stringContaining('plain form')],
    ['https://0/', expect.stringContaining('plain form')],
    ['https://0x5db8d822/', expect.stringContaining('plain form')],
    ['https://１２７.0.0.1/', expect.stringContaining('plain form')],
    ['https://①②⑦.0.0.1/', expect.stringContaining('plain form')],
    ['https://example.com\\@10.0.0.1/', expect.stringContaining('backslashes')],
    [' https://example.com/', expect.stringContaining('spaces')],
    ['https://exam\tple.com/', expect.stringContaining('control characters')],
    ['https://example.com/\r\nhost: inner', expect.stringContaining('control characters')],
    [`https://example.com/${'a'.repeat(9000)}`, expect.stringContaining('longer than')],
  ])('%s: %s', (text, verdict) => expect(judged(text)).toEqual(verdict))

  test('an exception is one host and one port, in plain http too, and nothing beside it', () => {
    const allow = new Set(['inner.example:8080', '[::1]:9', '10.0.0.1:443'])
    const exempt = (text: string): unknown => {
      const verdict = judgeUrl(text, allow)
      return typeof verdict === 'string' ? verdict : verdict.exempt
    }
    expect(exempt('http://inner.example:8080/a')).toBe(true)
    expect(exempt('https://inner.example:8080/a')).toBe(true)
    expect(exempt('https://INNER.example:8080/a')).toBe(true)
    expect(exempt('http://[::1]:9/')).toBe(true)
    expect(exempt('https://10.0.0.1/')).toBe(true)
    expect(exempt('https://inner.example/')).toBe(false)
    expect(exempt('https://x.inner.example:8080/')).toBe(false)
    expect(exempt('http://inner.example:8081/')).toBe('only https URLs are fetched.')
  })
})

describe('an address', () => {
  test.each(
    // Addresses whose owner is the public, and no others.
    [
      '1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 172.15.255.255',
      '172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255',
      '2606:4700::1111 2001:4860:4860::8888 2a00::1 3ffe:ffff::1',
    ].flatMap((line) => line.split(' ')),
  )('%s is public', (address) => expect(isPublic({ address, family: address.includes(':') ? 6 : 4 })).toBe(true))

  test.each(
    [
      // This network, private, shared, loopback, link-local, metadata.
      '0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.255 169.254.0.1 169.254.169.254',
      '172.16.0.1 172.31.255.255 192.0.0.192 192.168.0.1 168.63.129.16',
      // Documentation, benchmarks, relays, multicast, reserved, broadcast.
      '192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 198.19.255.255 192.88.99.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255',
      ':: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 fec0::1 100::1 64:ff9b::1',
      // Another address in disguise: mapped, compatible, translated, 6to4, Teredo, ISATAP.
      '::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:7f00:1 ::127.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::a00:1',
      '2002:7f00:1:: 2002:a00:1::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 fe80::5efe:10.0.0.1 2001:db8::1 2001:20::1 3fff::1 5f00::1',
    ].flatMap((line) => line.split(' ')),
  )('%s is not', (address) => expect(isPublic({ address, family: address.includes(':') ? 6 : 4 })).toBe(false))
})
