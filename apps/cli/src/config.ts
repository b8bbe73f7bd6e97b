/** How the command line finds its Cairn: the environment, or what a running one left in its data folder. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export type Target = { url: string; key: string | null; keyFrom: 'environment' | 'file'; home: string }

/** Reads the environment, once. */
export function findTarget(environment: NodeJS.ProcessEnv = process.env): Target {
  const home = absolute(environment.CAIRN_HOME ?? '~/.cairn')
  const running = readJson(join(home, 'running.json')) as { url?: string } | null
  const port = environment.CAIRN_PORT && environment.CAIRN_PORT !== '0' ? environment.CAIRN_PORT : '9300'
  const url = environment.CAIRN_URL ?? running?.url ?? `http://127.0.0.1:${port}`
  const given = environment.CAIRN_API_KEY
  return {
    url: url.replace(/\/$/, ''),
    key: given ?? readText(join(home, 'owner.key')),
    keyFrom: given === undefined ? 'file' : 'environment',
    home,
  }
}

/**
 * The language that dates are written in: `de-DE` for `de_DE.UTF-8`. Swedish where none is said or known, since it writes
 * them as ISO 8601 does.
 */
export function dateLanguage({ LC_ALL, LC_TIME, LANG }: NodeJS.ProcessEnv = process.env): string {
  return languagesIn(LC_ALL || LC_TIME || LANG)[0] ?? 'sv'
}

/** The languages that dates are typed in, best first: `de-DE` and `en-US` for `LC_TIME=de_DE.UTF-8` and `LANG=en_US.UTF-8`. */
export function spokenLanguages({ LC_ALL, LC_TIME, LANG }: NodeJS.ProcessEnv = process.env): string[] {
  const said = LC_ALL ? languagesIn(LC_ALL) : [...new Set([...languagesIn(LC_TIME), ...languagesIn(LANG)])]
  return said.length > 0 ? said : [Intl.DateTimeFormat().resolvedOptions().locale]
}

/** None for `C`, `POSIX` and what is no language. */
function languagesIn(name = ''): string[] {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf((name.split(/[.@]/, 1)[0] as string).replaceAll('_', '-'))
  } catch {
    return []
  }
}

/** A path as a person gave it, `~` included where no shell replaced it. */
export const absolute = (path: string) =>
  path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : resolve(path)

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
