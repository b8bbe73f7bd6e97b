/**
 * Every setting of Cairn: its `CAIRN_*` variable (or the same name in the YAML file that `CAIRN_CONFIG` names), type,
 * default and one line of help. The environment is read here, once, and nowhere else.
 */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { isZone } from './kernel/zones.ts'

export type Mode = 'local' | 'team'
type Kind = 'text' | 'number' | 'flag' | 'list'
export type Setting = {
  name: string
  kind: Kind
  default: string
  help: string
  secret?: boolean
  words?: readonly string[]
}

export const settings = [
  { name: 'CAIRN_HOME', kind: 'text', default: '~/.cairn', help: 'Folder for everything that Cairn keeps.' },
  { name: 'CAIRN_HOST', kind: 'text', default: '127.0.0.1', help: 'Address to listen on.' },
  { name: 'CAIRN_PORT', kind: 'number', default: '9300', help: 'Port to listen on; 0 takes any free one.' },
  {
    name: 'CAIRN_SIDECAR_PORT',
    kind: 'number',
    default: '9400',
    help: 'Port of the AI process; another is taken when it is in use.',
  },
  { name: 'CAIRN_WORKBENCH', kind: 'flag', default: '1', help: '0: serve the API without the workbench.' },
  { name: 'CAIRN_SIDECAR', kind: 'flag', default: '1', help: '0: run without the AI process.' },
  { name: 'CAIRN_KEYCHAIN', kind: 'flag', default: '1', help: '0: keep the key that opens secrets in a file.' },
  {
    name: 'CAIRN_SIDECAR_URL',
    kind: 'text',
    default: '',
    help: 'An AI process that runs elsewhere; none is started then.',
  },
  {
    name: 'CAIRN_SIDECAR_SECRET',
    kind: 'text',
    default: '',
    help: 'Secret shared with CAIRN_SIDECAR_URL, at least 32 characters.',
    secret: true,
  },
  {
    name: 'CAIRN_API_KEY',
    kind: 'text',
    default: '',
    help: "The owner's key; one is made and kept in CAIRN_HOME otherwise.",
    secret: true,
  },
  {
    name: 'CAIRN_DATABASE_URL',
    kind: 'text',
    default: '',
    help: 'postgres://… ; SQLite in CAIRN_HOME otherwise.',
    secret: true,
  },
  { name: 'CAIRN_STORAGE_URL', kind: 'text', default: '', help: 'file:… for blobs; CAIRN_HOME/blobs otherwise.' },
  { name: 'CAIRN_MODE', kind: 'text', default: 'local', help: 'local: one person on this machine.', words: ['local'] },
  {
    name: 'CAIRN_LOG',
    kind: 'text',
    default: 'pretty',
    help: 'pretty for people, json for machines.',
    words: ['pretty', 'json'],
  },
  {
    name: 'CAIRN_LOG_LEVEL',
    kind: 'text',
    default: 'info',
    help: 'How much is logged.',
    words: ['debug', 'info', 'warn', 'error', 'silent'],
  },
  { name: 'CAIRN_OPEN', kind: 'flag', default: '1', help: '0: do not open the browser at start.' },
  { name: 'CAIRN_PUBLIC_URL', kind: 'text', default: '', help: 'Address that people use; https makes cookies Secure.' },
  { name: 'CAIRN_ALLOWED_ORIGINS', kind: 'list', default: '', help: 'Other origins whose pages may call this server.' },
  {
    name: 'CAIRN_ALLOWED_HOSTS',
    kind: 'list',
    default: '',
    help: 'Hosts in private networks that may be fetched from, as host or host:port.',
  },
  {
    name: 'CAIRN_CRAWL_DELAY',
    kind: 'number',
    default: '1000',
    help: 'Milliseconds between two requests of a crawl to one host, at least.',
  },
  {
    name: 'CAIRN_LISTEN_BEYOND_LOOPBACK',
    kind: 'flag',
    default: '0',
    help: '1: allow CAIRN_HOST to be reachable from other machines.',
  },
  {
    name: 'CAIRN_TIME_ZONE',
    kind: 'text',
    default: '',
    help: "IANA name, as Europe/Berlin, of the clocks that nightly work goes by; the machine's own otherwise. The same for all instances of a team.",
  },
  { name: 'CAIRN_RATE_PER_ADDRESS', kind: 'number', default: '20000', help: 'Requests per address and minute.' },
  { name: 'CAIRN_RATE_PER_PERSON', kind: 'number', default: '60000', help: 'Requests per person and minute.' },
] as const satisfies readonly Setting[]

export type Config = ReturnType<typeof readConfig>
type Environment = Record<string, string | undefined>

/** A setting that cannot be used; `message` says which and what to do. */
export class ConfigError extends Error {}

/** Reads and checks all settings. Throws ConfigError with one line per fault. */
export function readConfig(environment: Environment = process.env) {
  const file = readFile(environment.CAIRN_CONFIG)
  const faults: string[] = []
  const value = (name: (typeof settings)[number]['name']): string => {
    const setting: Setting = settings.find((one) => one.name === name) as Setting
    const given = environment[name] ?? file[name] ?? setting.default
    if (setting.kind === 'number' && !/^\d+$/.test(given)) faults.push(`${name} must be a whole number, not "${given}"`)
    if (setting.words && !setting.words.includes(given))
      faults.push(`${name} must be one of ${setting.words.join(', ')}`)
    return given
  }
  const home = absolute(value('CAIRN_HOME'))
  const host = value('CAIRN_HOST')
  const databaseUrl = value('CAIRN_DATABASE_URL')
  const config = {
    mode: value('CAIRN_MODE') as Mode,
    timeZone: value('CAIRN_TIME_ZONE') || machineZone(),
    home,
    host,
    port: Number(value('CAIRN_PORT')),
    publicUrl: value('CAIRN_PUBLIC_URL').replace(/\/$/, ''),
    allowedOrigins: listed(value('CAIRN_ALLOWED_ORIGINS')),
    allowedHosts: listed(value('CAIRN_ALLOWED_HOSTS')),
    crawlDelay: Number(value('CAIRN_CRAWL_DELAY')),
    open: value('CAIRN_OPEN') !== '0' && hasDisplay(environment),
    folder: environment.INIT_CWD ?? process.cwd(),
    /** Where programs such as git are looked for. */
    searchPath: environment.PATH || '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    ownerKey: value('CAIRN_API_KEY'),
    log: { format: value('CAIRN_LOG') as 'pretty' | 'json', level: value('CAIRN_LOG_LEVEL') },
    database: databaseUrl
      ? { dialect: 'postgres' as const, url: databaseUrl }
      : { dialect: 'sqlite' as const, file: join(home, 'cairn.db') },
    storageUrl: value('CAIRN_STORAGE_URL') || `file:${join(home, 'blobs')}`,
    workbench: value('CAIRN_WORKBENCH') !== '0',
    keychain: value('CAIRN_KEYCHAIN') !== '0',
    sidecar: {
      on: value('CAIRN_SIDECAR') !== '0',
      port: Number(value('CAIRN_SIDECAR_PORT')),
      url: value('CAIRN_SIDECAR_URL').replace(/\/$/, ''),
      secret: value('CAIRN_SIDECAR_SECRET'),
    },
    rates: { perAddress: Number(value('CAIRN_RATE_PER_ADDRESS')), perPerson: Number(value('CAIRN_RATE_PER_PERSON')) },
  }
  const loopback = ['127.0.0.1', '::1', 'localhost'].includes(host)
  if (!loopback && value('CAIRN_LISTEN_BEYOND_LOOPBACK') !== '1') {
    faults.push(
      `CAIRN_HOST=${host} would be reachable from other machines; set CAIRN_LISTEN_BEYOND_LOOPBACK=1 if you mean it`,
    )
  }
  if (config.sidecar.url && config.sidecar.secret.length < 32) {
    faults.push('CAIRN_SIDECAR_SECRET must have at least 32 characters when CAIRN_SIDECAR_URL is set')
  }
  if (!isZone(config.timeZone))
    faults.push(`CAIRN_TIME_ZONE must be a time zone, such as Europe/Berlin, not "${config.timeZone}"`)
  if (config.ownerKey && config.ownerKey.length < 24) faults.push('CAIRN_API_KEY must have at least 24 characters')
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl))
    faults.push('CAIRN_DATABASE_URL must start with postgres://')
  if (!config.storageUrl.startsWith('file:')) faults.push('CAIRN_STORAGE_URL must start with file:')
  for (const name of Object.keys(file)) {
    if (!settings.some((one) => one.name === name)) faults.push(`${name} in the file of CAIRN_CONFIG is not a setting`)
  }
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return config
}

const listed = (text: string) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)

const machineZone = (): string => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  // A machine may not know where it is.
  return isZone(timeZone) ? timeZone : 'UTC'
}

/** Whether there is a screen to open a browser on. */
const hasDisplay = (environment: Environment) =>
  process.platform !== 'linux' || Boolean(environment.DISPLAY ?? environment.WAYLAND_DISPLAY)

/** A path as a person gave it, `~` included where no shell replaced it; `from` is where they stood. */
export const absolute = (path: string, from = process.cwd()): string =>
  path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : resolve(from, path)

function readFile(path: string | undefined): Record<string, string> {
  if (!path) return {}
  if (!existsSync(path)) throw new ConfigError(`CAIRN_CONFIG names ${path}, which does not exist`)
  const content: unknown = parse(readFileSync(path, 'utf8')) ?? {}
  if (typeof content !== 'object' || Array.isArray(content))
    throw new ConfigError(`${path} must hold settings as name: value`)
  return Object.fromEntries(Object.entries(content as object).map(([name, given]) => [name, String(given)]))
}
