import type { Command } from 'commander'
import { absolute } from '../config.ts'
import { makeContext } from '../context.ts'
import { harmless } from '../text.ts'

/** `cairn add FOLDER`: registers a folder; it is indexed and followed from then on. */
export const addAdd = (program: Command) =>
  program
    .command('add')
    .argument('<folder>')
    .description('register a folder: it is indexed, and changes are followed')
    .action(async (folder: string, _options: unknown, command: Command) => {
      const context = makeContext(command.optsWithGlobals())
      const root = await context.api.roots.create({ path: absolute(folder) })
      context.print(
        root,
        () =>
          `${harmless(root.path)} is registered as ${root.name} and is being indexed. Follow it: cairn jobs --follow`,
      )
    })
