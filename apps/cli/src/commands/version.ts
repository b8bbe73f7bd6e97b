import type { Command } from 'commander'
import { makeContext } from '../context.ts'
import { version } from '../version.ts'

/** `cairn version`: of this command line and of the server, where one runs. */
export const addVersion = (program: Command) =>
  program
    .command('version')
    .description('print versions')
    .action(async (_options: unknown, command: Command) => {
      const context = makeContext(command.optsWithGlobals())
      const server = await context.api.health.shallow().then(
        (found) => found.version,
        () => null,
      )
      const found = { cairn: version, server, node: process.version }
      context.print(found, () => `cairn ${version}, server ${server ?? 'not running'}, node ${process.version}`)
    })
