import { expect, test } from 'vitest'
import type { UpstreamRequest } from '../../ports/transport.js'
import { signedByAws } from './aws-sigv4.js'

// The figures of AWS's own test suite for Signature Version 4: its keys, its time, and what comes out for each request.
const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const scope = { service: 'service', region: 'us-east-1', at: Date.UTC(2015, 7, 30, 12, 36) }
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='
const unreserved = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

interface Case {
  readonly name: string
  readonly method?: 'GET' | 'POST'
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly token?: string
  readonly signed?: string
  readonly signature: string
}

const cases: readonly Case[] = [
  { name: 'get-vanilla', signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31' },
  {
    name: 'get-vanilla-query-order-key',
    path: '/?Param1=value2&Param1=Value1',
    signature: 'eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    path: '/?Param2=value2&Param1=value1',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    name: 'get-vanilla-query-order-value',
    path: '/?Param1=value2&Param1=value1',
    signature: '5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694',
  },
  {
    name: 'get-vanilla-query-unreserved',
    path: `/?${unreserved}=${unreserved}`,
    signature: '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  },
  {
    name: 'get-header-key-duplicate',
    headers: { 'my-header1': 'value2,value2,value1' },
    signed: 'host;my-header1;x-amz-date',
    signature: 'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  },
  {
    name: 'get-header-value-trim',
    headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
    signed: 'host;my-header1;my-header2;x-amz-date',
    signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  },
  {
    name: 'get-unreserved',
    path: `/${unreserved}`,
    signature: '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  },
  {
    name: 'normalize-path-get-relative',
    path: '/example/..',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'normalize-path-get-slashes',
    path: '//',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  { name: 'post-vanilla', method: 'POST', signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b' },
  {
    name: 'post-x-www-form-urlencoded',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'Param1=value1',
    signed: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  {
    name: 'post-sts-header-before',
    method: 'POST',
    token: sessionToken,
    signed: 'host;x-amz-date;x-amz-security-token',
    signature: '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  },
]

for (const { name, method = 'GET', path = '/', headers = {}, body, token, signed = 'host;x-amz-date', signature } of cases)
  test(`${name} is signed as AWS signs it`, () => {
    const request = { method, url: `https://example.amazonaws.com${path}`, headers, ...(body !== undefined && { body }) }
    const sent = signedByAws(request, { ...keys, ...(token !== undefined && { sessionToken: token }) }, scope)
    expect(sent.headers).toEqual({
      ...headers,
      'x-amz-date': '20150830T123600Z',
      ...(token !== undefined && { 'x-amz-security-token': token }),
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
    })
  })

test('a path that is escaped is escaped once more, as services do who are not S3', () => {
  const signatureOf = (path: string): string | undefined => {
    const request: Pick<UpstreamRequest, 'method' | 'url' | 'headers'> = {
      method: 'POST',
      url: `https://example.amazonaws.com${path}`,
      headers: {},
    }
    return signedByAws(request, keys, scope).headers['authorization']
  }
  // A slash that is escaped is no slash, and what is escaped twice is not what is escaped once.
  expect(signatureOf('/model/a%2Fb/converse')).not.toBe(signatureOf('/model/a/b/converse'))
  expect(signatureOf('/model/a%252Fb/converse')).not.toBe(signatureOf('/model/a%2Fb/converse'))
})

test('what proxies may change is not signed', () => {
  const headers = { 'user-agent': 'weir', traceparent: '00-1-1-01', authorization: 'x', accept: 'application/json' }
  const sent = signedByAws({ method: 'GET', url: 'https://example.amazonaws.com/', headers }, keys, scope)
  expect(sent.headers['authorization']).toContain('SignedHeaders=accept;host;x-amz-date,')
})
