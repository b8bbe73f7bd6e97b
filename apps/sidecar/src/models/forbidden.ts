/** Hosts that are never asked, whoever allows them: link-local addresses and where clouds keep credentials. */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { fail } from '@cairn/api/errors'
import { neverAsked } from '@cairn/api/models'

const forbidden = new BlockList()
for (const [address, prefix] of neverAsked.ipv4) forbidden.addSubnet(address, prefix, 'ipv4')
for (const [address, prefix] of neverAsked.ipv6) forbidden.addSubnet(address, prefix, 'ipv6')

const isAddressForbidden = (address: string) => forbidden.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** `hostname` as a URL has it. */
export const isForbidden = (hostname: string): boolean => {
  const host = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase()
  return isIP(host) === 0 ? neverAsked.names.some((name) => name === host) : isAddressForbidden(host)
}

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void
type Lookup = (name: string, options: LookupOptions, found: Found) => void

/** Looks a name up for a connection; one that leads to such an address, also among others, is HOST_NOT_ALLOWED. */
export const guardedLookup =
  (ask: Lookup = lookup as Lookup): Lookup =>
  (name, options, found) =>
    ask(name, options, (error, address, family) => {
      const addresses = typeof address === 'string' ? [address] : (address ?? []).map((one) => one.address)
      if (!error && addresses.some(isAddressForbidden)) return found(fail('HOST_NOT_ALLOWED'), [])
      found(error, address, family)
    })
