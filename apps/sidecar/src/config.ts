/** Every setting of the sidecar, read once. The only file that looks at the environment. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export type Config = {
  /** Port on 127.0.0.1; 0 takes any that is free. */
  port: number
  /** What every request has to carry. */
  secret: string
  /** Started by a core: ends with its standard input, and steps aside to another port. */
  supervised: boolean
  /** Folder or `s3:` address of the vector store. */
  vectors: string
  /** Folder in which optional add-ons are installed. */
  addons: string
  log: { form: 'json' | 'pretty'; level: Level }
  version: string
}

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type Level = (typeof levels)[number]

/** A setting that cannot be used; the message says which and why. */
export class ConfigError extends Error {}

const LEAST_SECRET = 32

/** Reads the settings; throws ConfigError where one is missing or wrong. */
export const readConfig = (env: NodeJS.ProcessEnv, version: string): Config => {
  const secret = env.CAIRN_SIDECAR_SECRET ?? ''
  if (secret.length < LEAST_SECRET) {
    throw new ConfigError(`CAIRN_SIDECAR_SECRET must have at least ${LEAST_SECRET} characters; the core makes one.`)
  }
  const port = Number(env.CAIRN_SIDECAR_PORT ?? '9400')
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError('CAIRN_SIDECAR_PORT must be a port from 0 to 65535.')
  }
  const form = env.CAIRN_LOG ?? 'json'
  if (form !== 'json' && form !== 'pretty') throw new ConfigError('CAIRN_LOG must be json or pretty.')
  const level = levels.find((one) => one === (env.CAIRN_LOG_LEVEL ?? 'info'))
  if (level === undefined) throw new ConfigError(`CAIRN_LOG_LEVEL must be one of ${levels.join(', ')}.`)
  const home = join(homedir(), '.cairn')
  // LanceDB's native part logs in a form of its own; only its errors are worth a line.
  env.LANCEDB_LOG ??= 'error'
  return {
    port,
    secret,
    supervised: env.CAIRN_SIDECAR_SUPERVISED === '1',
    vectors: env.CAIRN_VECTORS ?? join(home, 'vectors'),
    addons: env.CAIRN_ADDONS ?? join(home, 'addons'),
    log: { form, level },
    version,
  }
}
