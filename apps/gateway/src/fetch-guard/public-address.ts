import { BlockList } from 'node:net'
import type { Address } from '../ports/web.js'

// IANA's registries of special-purpose addresses (RFC 6890 and its updates), multicast, and what clouds answer on.
const specialV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
/** The one range of IPv6 that is handed out to the public. Mapped, translated (64:ff9b::), unique local and link-local are not in it. */
const globalV6 = ['2000::/3']
/** Within it: protocols and Teredo, documentation, 6to4, and whatever else carries another address in it. */
const specialV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '2620:4f:8000::/48']

const isSpecialV4 = listOf(specialV4, 'ipv4')
const isGlobalV6 = listOf(globalV6, 'ipv6')
const isSpecialV6 = listOf(specialV6, 'ipv6')

/** Whether an address is the public's: not private, loopback, link-local, shared, multicast, reserved, or another one in disguise. */
export function isPublic({ address, family }: Address): boolean {
  return family === 4 ? !isSpecialV4(address) : isGlobalV6(address) && !isSpecialV6(address)
}

function listOf(ranges: readonly string[], family: 'ipv4' | 'ipv6'): (address: string) => boolean {
  const list = new BlockList()
  for (const range of ranges) {
    const [net = '', prefix] = range.split('/')
    list.addSubnet(net, Number(prefix), family)
  }
  return (address) => list.check(address, family)
}
