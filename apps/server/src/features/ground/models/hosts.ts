/** Where a provider's requests go, and whether that is this machine. */
import { BlockList, isIP } from 'node:net'
import { fail } from '@cairn/api/errors'
import { neverAsked, type ProviderKind } from '@cairn/api/models'

/** Addresses that these kinds have when none is given. */
const wellKnown: Partial<Record<ProviderKind, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
  ollama: 'http://127.0.0.1:11434',
}

export type Addressed = { kind: ProviderKind; base_url: string | null; folder: string | null }

/** The address that requests of a provider start with; null for a folder of local models. */
export const addressOf = (provider: Addressed): string | null => provider.base_url ?? wellKnown[provider.kind] ?? null

/** `host` or `host:port` that a provider's requests may go to, and nowhere else. Empty for a local folder. */
export function hostOf(provider: Addressed): string {
  const address = addressOf(provider)
  return address === null ? '' : new URL(address).host
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/**
 * Does a provider answer on this machine? Names other than `localhost` do not count, because whoever answers for the
 * name decides where it leads; an address of the private network is another machine.
 */
export function isLocal(provider: Addressed): boolean {
  const address = addressOf(provider)
  if (address === null) return provider.kind === 'onnx'
  const host = new URL(address).hostname.replace(/^\[|\]$/g, '')
  if (host === 'localhost') return true
  const family = isIP(host)
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

/** Ollama sends what is asked of models with such names on to its maker's servers: https://docs.ollama.com/cloud */
const isForwarded = (model: string) => /[:-]cloud$/i.test(model.trim())

/** Does a model itself run on this machine, and not only the server that is asked? */
export const runsHere = (provider: Addressed, model: string): boolean => isLocal(provider) && !isForwarded(model)

/** Refuses what cannot work: INVALID_INPUT with the field and the reason. */
export function checkAddress(provider: Addressed): void {
  const refuse = (path: string, message: string) => fail('INVALID_INPUT', {}, [{ path, message }])
  if (provider.kind === 'onnx') {
    if (!provider.folder) throw refuse('/folder', 'is required for onnx')
    if (provider.base_url !== null) throw refuse('/base_url', 'is not for onnx, whose models are read from a folder')
    return
  }
  if (provider.folder !== null) throw refuse('/folder', 'is for onnx only')
  const address = addressOf(provider)
  if (address === null) throw refuse('/base_url', `is required for ${provider.kind}`)
  const problem = problemOf(address)
  if (problem) throw refuse('/base_url', problem)
}

const forbidden = new BlockList()
for (const [address, prefix] of neverAsked.ipv4) forbidden.addSubnet(address, prefix, 'ipv4')
for (const [address, prefix] of neverAsked.ipv6) forbidden.addSubnet(address, prefix, 'ipv6')

/** Names that merely lead there are refused by the sidecar, when it connects. */
function isForbidden(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase()
  const family = isIP(host)
  if (family === 0) return neverAsked.names.some((name) => name === host)
  return forbidden.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

function problemOf(address: string): string | null {
  if (!URL.canParse(address)) return 'must be an address such as http://127.0.0.1:8080/v1'
  const { protocol, username, password, search, hash, hostname } = new URL(address)
  if (protocol !== 'http:' && protocol !== 'https:') return 'must start with http:// or https://'
  if (username || password) return 'must not hold a name or password; put the key into api_key'
  if (isForbidden(hostname)) return 'must not be link-local, where clouds keep the credentials of their machines'
  return search || hash ? 'must not hold a query or fragment' : null
}
