import { spawn } from 'node:child_process'
import type { Command } from 'commander'
import { makeContext } from '../context.ts'

/** `cairn open`: a fresh one-time link to the workbench, opened where there is a browser. */
export const addOpen = (program: Command) =>
  program
    .command('open')
    .description('open the workbench (prints a one-time link)')
    .option('--no-browser', 'only print the link')
    .action(async (options: { browser: boolean }, command: Command) => {
      const context = makeContext(command.optsWithGlobals())
      const link = await context.api.users.createLink({})
      context.print(link, () => link.url)
      if (!options.browser || context.json) return
      const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open'
      spawn(opener, [link.url], { stdio: 'ignore', detached: true })
        .on('error', () => undefined)
        .unref()
    })
