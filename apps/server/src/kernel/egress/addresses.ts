/** Which addresses are out there for everybody, and which are this machine, its network, or nobody's. */
import { BlockList, isIP } from 'node:net'
import { neverAsked } from '@cairn/api/models'

/** https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry */
const special = new BlockList()
for (const [address, prefix] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
  ] as const),
  ...([
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
] as const)
  special.addSubnet(address, prefix, 'ipv4')
/** In these, addresses of version 4 can hide as well. */
for (const [address, prefix] of [
  ...([
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['3fff::', 20],
  ] as const),
] as const)
  special.addSubnet(address, prefix, 'ipv6')
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')

/** Of version 6 only what is given out (2000::/3) is public; all that wraps or translates addresses lies outside. */
export function isPublic(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !special.check(address, 'ipv4')
  return family === 6 && global.check(address, 'ipv6') && !special.check(address, 'ipv6')
}

const forbidden = new BlockList()
for (const [address, prefix] of neverAsked.ipv4) forbidden.addSubnet(address, prefix, 'ipv4')
for (const [address, prefix] of neverAsked.ipv6) forbidden.addSubnet(address, prefix, 'ipv6')

/** Where clouds keep the credentials of their machines: whoever allows it. */
export const isNeverAsked = (address: string) =>
  isIP(address) === 0
    ? neverAsked.names.some((name) => name === address)
    : forbidden.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
