/** The command line. Every command speaks `--json`; exit codes: 0 ok, 1 failed, 2 usage, 3 not reachable, 4 not allowed. */
import { CommanderError } from 'commander'
import { exitCodes, explain, UsageError } from './context.ts'
import { makeProgram } from './program.ts'
import { pc } from './text.ts'

const words = process.argv.slice(2)
/** Looked for by hand: what is wrong may be told before the options are known. */
const json = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined).includes('--json')

// Whoever reads along may have read enough (`| head`).
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) =>
  process.exit(code === 'EPIPE' ? exitCodes.ok : exitCodes.failed),
)

try {
  await makeProgram({ quiet: json }).parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

function report(error: unknown): number {
  if (error instanceof CommanderError && (error.exitCode === 0 || !json))
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  const { code, message, problem } = explain(error instanceof CommanderError ? usageOf(error) : error)
  if (json) process.stdout.write(`${JSON.stringify({ error: problem })}\n`)
  else process.stderr.write(`${pc.red(message)}\n`)
  return code
}

/** Called without a command, it has shown what there is. */
function usageOf({ code, message }: CommanderError): UsageError {
  if (code === 'commander.help') return new UsageError('Which command? `cairn --help` lists them.')
  return new UsageError(message.replace(/^error: /, ''))
}
