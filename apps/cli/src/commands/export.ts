import { createWriteStream } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BundleExported, BundleImported } from '@cairn/api/bundles'
import type { Command } from 'commander'
import { absolute } from '../config.ts'
import { makeContext, time, UsageError } from '../context.ts'
import { finish } from '../follow.ts'
import { counted, number, oneLine } from '../text.ts'

type Options = {
  component?: string[]
  since?: string
  passphraseFile?: string
  json?: boolean
  workspace?: string
}

/** `cairn export FILE`: what is in this workspace as one file, for another Cairn or to keep. */
export const addExport = (program: Command) =>
  program
    .command('export')
    .argument('[file]', 'where it is written; cairn-<date>.zip here otherwise')
    .description('write what is in this workspace into one file, to keep or to bring in elsewhere')
    .option('--component <name...>', 'only these parts: threads, messages, visits, …')
    .option('--since <time>', 'only what changed since then: 2026-01-31, 2026-01-31T12:00:00Z')
    .option('--passphrase-file <file>', 'protect it with the passphrase in this file (age format)')
    .action(async (file: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const context = makeContext(options)
      const passphrase = await passphraseIn(options.passphraseFile)
      const { job_id } = await context.api.bundles.export({
        ...(options.component && { components: options.component }),
        ...(options.since !== undefined && { since: time(options.since) }),
        ...(passphrase !== undefined && { passphrase }),
      })
      const done = (await finish(context, job_id)) as BundleExported
      const { body, headers } = await context.api.bundles.download.raw({ id: done.bundle_id })
      const named = /filename="([\w.-]+)"/.exec(headers.get('content-disposition') ?? '')?.[1] ?? 'cairn.zip'
      const target = absolute(file ?? named)
      // Whole or not at all.
      const begun = `${target}.part`
      try {
        await pipeline(Readable.fromWeb(body as never), createWriteStream(begun, { mode: 0o600 }))
        await rename(begun, target)
      } catch (error) {
        await rm(begun, { force: true })
        throw error
      }
      const rows = Object.values(done.components).reduce((sum, count) => sum + count, 0)
      context.print({ file: target, ...done }, () => `${counted(rows, 'row')} written to ${target}.`)
    })

/** The first line of a file, so that a passphrase is seen in no list of processes. */
export async function passphraseIn(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  const text = await readFile(absolute(file), 'utf8').catch(() => {
    throw new UsageError(`There is no file ${file} that can be read.`)
  })
  const [passphrase = ''] = text.split(/\r?\n/, 1)
  if (passphrase.length < 8) throw new UsageError('A passphrase has 8 characters or more.')
  return passphrase
}

/** What an import of a bundle did, or would do, in words. */
export function bundleRead({ dry_run, total, components, faults, left_out }: BundleImported): string[] {
  const names = Object.keys(components).map((name) => name.replaceAll('_', ' '))
  const width = 2 + Math.max(...['in all', ...names].map(({ length }) => length))
  const line = (name: string, { created, updated, skipped, failed }: BundleImported['total']) =>
    `${name.padEnd(width)}${number(created)} new, ${number(updated)} updated, ${number(skipped)} known already, ${number(failed)} left out`
  const parts = Object.entries(components).map(([name, tally]) => line(name.replaceAll('_', ' '), tally))
  const why = faults
    .slice(0, 10)
    .map(({ component, id, reason }) => `  ${component} ${oneLine(id, 80)}: ${oneLine(reason, 200)}`)
  const out = Object.keys(left_out)
  return [
    ...(dry_run ? ['Nothing was written. This is what would happen:'] : []),
    ...parts,
    line('in all', total),
    ...why,
    ...(out.length > 0 ? [`Left out: ${out.join(', ')}. Name them with --component to bring them in.`] : []),
  ]
}
