import { createInterface } from 'node:readline/promises'
import type { ErasedPart, ErasurePreview, Receipt } from '@cairn/api/privacy'
import type { Command } from 'commander'
import { type Context, makeContext, time, UsageError } from '../context.ts'
import { finish } from '../follow.ts'
import { bytes, harmless, local, number, pc } from '../text.ts'

type Options = {
  json?: boolean
  workspace?: string
  from?: string
  to?: string
  thread?: string
  tab?: string
  person?: string
  everything?: boolean
  dryRun?: boolean
  yes?: boolean
}
type Scope = Parameters<Context['api']['privacy']['preview']>[0]

/** `cairn forget SITE`: erases for good, after it has said what would go. */
export function addForget(program: Command): void {
  program
    .command('forget')
    .argument('[site]', 'a site with what lies below it: example.com')
    .description('erase for good, with a receipt: a site, a period, a thread, a tab, a person or everything')
    .option('--from <time>', 'from this day or time on')
    .option('--to <time>', 'before this day or time; until now otherwise')
    .option('--thread <id>', 'a conversation')
    .option('--tab <id>', 'a tab with its visits')
    .option('--person <id>', 'what somebody made, said and did; all of their personal workspace; yourself: me')
    .option('--everything', 'all that is remembered in the workspace')
    .option('--dry-run', 'only say what would go')
    .option('--yes', 'do not ask')
    .action(async (site: string | undefined, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const context = makeContext(options)
      const person = options.person === 'me' ? (await context.api.users.me()).id : options.person
      const scope = scopeOf(site, { ...options, ...(person !== undefined && { person }) })
      const preview = await context.api.privacy.preview(scope)
      if (options.dryRun) return context.print(preview, () => [headOf(preview), ...linesOf(preview.parts)])
      if (!options.yes) await confirm(context, preview, site ?? 'erase')
      const { job_id } = await context.api.privacy.delete({ ...scope, confirm: true })
      await finish(context, job_id)
      const receipt = await context.api.privacy.getReceipt({ id: job_id })
      context.print(receipt, () => receiptOf(receipt))
    })
}

function scopeOf(site: string | undefined, { from, to, thread, tab, person, everything }: Options): Scope {
  return {
    ...(site !== undefined && { site }),
    ...(from !== undefined && { from: time(from) }),
    ...(to !== undefined && { to: time(to) }),
    ...(thread !== undefined && { thread_id: thread }),
    ...(tab !== undefined && { tab_id: tab }),
    ...(person !== undefined && { person }),
    ...(everything && { everything: true as const }),
  }
}

async function confirm(context: Context, preview: ErasurePreview, word: string): Promise<void> {
  if (context.json || !process.stdin.isTTY)
    throw new UsageError('Nothing was erased. Say --yes where nobody can be asked.')
  for (const line of [headOf(preview), ...linesOf(preview.parts)]) process.stderr.write(`${line}\n`)
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  const typed = await asking.question(`Nothing brings it back. Type ${pc.bold(harmless(word))} to erase it: `)
  asking.close()
  if (typed.trim() !== word) throw new UsageError('Nothing was erased.')
}

const headOf = ({ total }: ErasurePreview) => (total > 0 ? 'This would go:' : 'Nothing of it is here.')

const linesOf = (parts: readonly ErasedPart[]) =>
  parts.flatMap(({ counts }) =>
    Object.entries(counts).map(([part, count]) => `  ${number(count).padStart(9)}  ${part.replaceAll('_', ' ')}`),
  )

function receiptOf({ id, removed, proof, left, copies }: Receipt): string[] {
  const found = proof?.found.map(
    ({ where, times, reason }) => `  ${harmless(where)} (${number(times)}): ${reason ?? '?'}`,
  )
  return [
    `${pc.green('Erased.')} Receipt ${id}`,
    ...linesOf(removed),
    proof?.clean ? pc.green('Found nowhere afterwards.') : pc.yellow('Afterwards found in:'),
    ...(found ?? []),
    pc.dim(
      `Looked for ${number(proof?.marks ?? 0)} texts in ${number(proof?.tables ?? 0)} tables and ${number(proof?.files ?? 0)} files, ${bytes(proof?.bytes ?? 0)}.`,
    ),
    ...left.map(({ part, count, reason }) => pc.yellow(`Still to go: ${part} (${number(count)}). ${reason}`)),
    ...copies.map(({ name, made_at }) =>
      pc.yellow(`A copy made before still has it: ${harmless(name)}, ${local(made_at)}.`),
    ),
  ]
}
