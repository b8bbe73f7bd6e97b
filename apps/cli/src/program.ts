/** The commands and their options. Nothing is done here: `main.ts` runs it, and the guides are checked against it. */
import { Command } from 'commander'
import { addAdd } from './commands/add.ts'
import { addAsk } from './commands/ask.ts'
import { addBookmark } from './commands/bookmark.ts'
import { addCall } from './commands/call.ts'
import { addCrawl } from './commands/crawl.ts'
import { addDoctor } from './commands/doctor.ts'
import { addDocument } from './commands/document.ts'
import { addExport } from './commands/export.ts'
import { addForget } from './commands/forget.ts'
import { addImport } from './commands/import.ts'
import { addJobs } from './commands/jobs.ts'
import { addKey } from './commands/key.ts'
import { addOpen } from './commands/open.ts'
import { addSearch } from './commands/search.ts'
import { addTask } from './commands/task.ts'
import { addThread } from './commands/thread.ts'
import { addVersion } from './commands/version.ts'
import { pc } from './text.ts'
import { version } from './version.ts'

const all = [
  ...[addOpen, addAsk, addSearch, addThread, addAdd, addTask, addBookmark],
  ...[addDocument, addCrawl, addImport, addExport, addForget],
  ...[addJobs, addDoctor, addKey, addCall, addVersion],
]

/** A mistake in how it is called is thrown (CommanderError), and told in words unless `quiet`. */
export function makeProgram({ quiet }: { quiet: boolean }): Command {
  const program = new Command('cairn')
    .description('A workspace that remembers, on your own machine.')
    .version(version)
    .option('--json', 'print one JSON value instead of words')
    .option('--workspace <id>', 'id or slug of the workspace')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      ...(quiet && { writeErr: () => undefined }),
      outputError: (text, write) => write(pc.red(text)),
    })
  program.command('up').argument('[folder]').description('start Cairn, and index a folder (default: this one)')
  program
    .command('verify')
    .description('check the hash chain of the event log, straight from the database')
    .option('--at <head...>', 'WORKSPACE:SEQUENCE:HASH as it was printed before')
  for (const add of all) add(program)
  return program
}
