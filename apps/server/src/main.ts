/**
 * The core's start: `main.ts up [folder]` reads the configuration once, starts in order, stops in order; `main.ts verify`
 * checks the event log without starting anything.
 */
import { stat } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { CairnError } from '@cairn/api/errors'
import closeWithGrace from 'close-with-grace'
import { absolute, ConfigError, readConfig } from './config.ts'
import { announce } from './home.ts'
import { systemClock } from './kernel/clock.ts'
import { giveBackMemory } from './memory.ts'
import { verifyCommand } from './verify.ts'
import { greet, makeProgressLine, openBrowser } from './terminal.ts'
import { startCore } from './wire.ts'
import { ensureWorkbench } from './workbench.ts'

const usage = 'usage: cairn up [folder] [--json] | cairn verify   (settings: see docs/guides/settings.md)'

/** With `json`, standard output carries one line: where it answers, and the link that logs a browser in. */
async function up({ folder: argument, json }: Asked): Promise<void> {
  const config = readConfig()
  const folder = await folderToIndex(argument, config.folder)
  if (config.workbench) await ensureWorkbench((words) => (json ? process.stderr : process.stdout).write(`${words}\n`))
  const core = await startCore(config)
  const withdraw = announce(config.home, core.url)
  const line = makeProgressLine(systemClock.now)
  if (!json) core.kernel.jobs.onProgress(({ status }) => line.show(status))
  let ending = false
  closeWithGrace({ delay: 10_000 }, async ({ err }) => {
    ending = true
    if (err) core.kernel.log.error({ err }, 'the core stops because of an error')
    if (!json) line.clear()
    withdraw()
    await core.stop()
  })
  const link = await core.loginLink()
  if (json) process.stdout.write(`${JSON.stringify({ url: core.url, link, folder })}\n`)
  else greet(link, folder, core.kernel.version)
  if (folder) {
    await core.addFolder(folder).catch((error: unknown) => {
      // Stopped in its first moment: the folder is added by the next start.
      if (!ending) throw error
    })
  }
  if (config.open) openBrowser(link)
  giveBackMemory()
}

/** The folder to index: the one named, else the one Cairn was started in; a wrong name is a mistake to tell. */
async function folderToIndex(argument: string | undefined, startedIn: string): Promise<string | null> {
  const folder = absolute(argument ?? '.', startedIn)
  const found = await stat(folder).catch(() => null)
  if (found?.isDirectory()) return folder
  if (argument === undefined) return null
  throw new ConfigError(`${folder} is not a folder that can be read.`)
}

type Asked = { folder: string | undefined; json: boolean }

/** What `up` was asked; null when the words are not its own. */
function parseUp(words: readonly string[]): Asked | null {
  try {
    const options = { json: { type: 'boolean', default: false } } as const
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true })
    return positionals.length > 1 ? null : { folder: positionals[0], json: values.json }
  } catch {
    return null
  }
}

async function main(words: string[]): Promise<void> {
  const json = words.includes('--json')
  const tell = (code: string, detail: string) => {
    if (json) process.stdout.write(`${JSON.stringify({ error: { code, detail } })}\n`)
    else process.stderr.write(`${detail}\n`)
  }
  const role = words.find((word) => word !== '--json') ?? 'up'
  const rest = words.toSpliced(words.indexOf(role), words.includes(role) ? 1 : 0)
  const asked = role === 'up' ? parseUp(rest) : null
  if (!asked && role !== 'verify') {
    tell('USAGE', usage)
    process.exitCode = 2
    return
  }
  try {
    if (asked) await up(asked)
    else process.exitCode = await verifyCommand(readConfig(), rest)
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof CairnError)) throw error
    tell(error instanceof CairnError ? error.code : 'WRONG_SETTING', error.message)
    process.exitCode = 1
  }
}

await main(process.argv.slice(2))
