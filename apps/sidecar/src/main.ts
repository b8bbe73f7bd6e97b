/** Starts the AI process: settings, server, one line on standard output that says where it listens. */
import manifest from '../package.json' with { type: 'json' }
import { type Config, ConfigError, readConfig } from './config.ts'
import { makeLog } from './log.ts'
import { makeServer, type Server } from './server.ts'

const HOST = '127.0.0.1'
/** Ports tried after a taken one before the system chooses. */
const NEXT_PORTS = 20
/** Milliseconds that ending in order may take; the supervisor waits a little longer. */
const ENDING = 2500

const settings = (): Config => {
  try {
    return readConfig(process.env, manifest.version)
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    process.stderr.write(`${cause.message}\n`)
    process.exit(2)
  }
}

/** Listens on the port asked for; under a supervisor on the next free one where that is taken. */
const listen = async ({ app }: Server, { port, supervised }: Config): Promise<number> => {
  const spare = supervised && port > 0 ? Array.from({ length: NEXT_PORTS }, (_, i) => port + 1 + i) : []
  const ports = [port, ...spare.filter((one) => one <= 65_535), ...(supervised ? [0] : [])]
  for (const candidate of ports) {
    try {
      await app.listen({ host: HOST, port: candidate })
      const address = app.server.address()
      if (address !== null && typeof address === 'object') return address.port
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause
    }
  }
  throw new ConfigError(`Port ${port} is taken. Set CAIRN_SIDECAR_PORT to another, or to 0 for any.`)
}

const config = settings()
const log = makeLog(config.log)
const server = makeServer(config, log)

let ending = false
const end = (reason: string) => {
  if (ending) return
  ending = true
  log.info({ reason }, 'ending')
  setTimeout(() => process.exit(0), ENDING).unref()
  server.close().then(
    () => process.exit(0),
    (cause: unknown) => {
      log.error({ err: cause }, 'ending failed')
      process.exit(1)
    },
  )
}
process.on('SIGTERM', () => end('SIGTERM'))
// A terminal sends Ctrl-C to the supervisor as well, which still needs what runs here until it closes standard input.
process.on('SIGINT', () => config.supervised || end('SIGINT'))
if (config.supervised) {
  process.stdin.resume()
  process.stdin.once('end', () => end('standard input closed'))
  process.stdin.once('error', () => end('standard input broke'))
  process.stdin.once('close', () => end('standard input closed'))
}

try {
  const port = await listen(server, config)
  process.stdout.write(`${JSON.stringify({ ready: true, port, pid: process.pid })}\n`)
  log.debug({ port }, 'listening')
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
  process.exit(1)
}
