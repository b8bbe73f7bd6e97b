/**
 * The job that brings a bundle in. First the whole file is laid out and checked: its structure, its sums, every line.
 * Only then rows come in, batch by batch, each with the note of how far it is: killed at any moment it goes on there.
 */
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type BundleImported, ComponentName } from '@cairn/api/bundles'
import { fail } from '@cairn/api/errors'
import { list, nullable, shape, Type, text } from '@cairn/api/shapes'
import { type JobContext, job } from '../../../kernel/jobs/definition.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { observed } from '../../../kernel/observed.ts'
import type { Gathering, Portable, TravellingFiles, WriteLines, Written } from '../../../kernel/portable/portable.ts'
import { release } from '../../../kernel/release.ts'
import { layOut, openFile, passphraseName, unmarked } from './files.ts'
import { type Part, unreadable } from './manifest.ts'
import { add, moveOn, none, type Progress, progressOf } from './progress.ts'
import { plainSchema, type Reader, type Readers } from './reader.ts'
import { bundleById, deleteBundle } from './store.ts'

const Input = shape({
  path: nullable(text(4_096, 1)),
  dry_run: Type.Boolean(),
  components: nullable(list(ComponentName)),
  locked: Type.Boolean(),
})
export type ImportInput = { path: string | null; dry_run: boolean; components: string[] | null; locked: boolean }
/** One import of a workspace at a time. */
export const importJob = { type: 'bundles.import', concurrency: 'bundles.import' } as const

const writeModule = new URL('./write.ts', import.meta.url)

type Parts = Pick<Kernel, 'blobs' | 'secrets'> & {
  portables(): readonly Portable[]
  isPersonal(scope: Pick<JobContext<unknown>['scope'], 'workspace' | 'db'>): Promise<boolean>
  readers: Readers
  /** Where files lie while they are read. */
  folder: string
}
/** What comes in, in this order, and what stays out. */
type Plan = { chosen: { portable: Portable; part: Part }[]; left_out: Record<string, string> }

export const importBundle = (parts: Parts) =>
  job({
    type: importJob.type,
    input: Input,
    timeout: 12 * 3_600_000,
    concurrent: 1,
    run: (context) => run(parts, context),
  })

async function run(parts: Parts, context: JobContext<unknown>): Promise<BundleImported> {
  const { id, signal } = context
  // A step, since its file is gone once it is done: who is killed after that needs it no more.
  const result = await context.step('bring', async () => {
    const file = join(parts.folder, id, 'bundle.zip')
    try {
      context.progress({ phase: 'opening', done: 0, total: null })
      await layOut(await sourceOf(parts, context), file, await passphraseOf(parts, context), signal)
      const reader = await parts.readers.open(file, signal)
      try {
        return await bring(parts, context, reader)
      } finally {
        await reader.close()
      }
    } finally {
      await rm(join(parts.folder, id), { recursive: true, force: true })
    }
  })
  await letGo(parts, context)
  return result
}

const passphraseOf = ({ secrets }: Parts, { scope, id, input }: JobContext<unknown>) =>
  (input as ImportInput).locked ? secrets.get(scope, passphraseName(id)) : Promise.resolve(null)

async function sourceOf({ blobs }: Parts, { scope, id, input }: JobContext<unknown>) {
  const { path } = input as ImportInput
  if (path !== null) return openFile(path)
  const row = await bundleById(scope, id)
  const source = row?.blob ? await blobs.read(scope.workspace, row.blob) : null
  if (!source) throw unreadable('it is no longer kept; send it again')
  return unmarked(source)
}

async function letGo({ blobs, secrets }: Parts, { scope, id }: JobContext<unknown>): Promise<void> {
  const row = await bundleById(scope, id)
  if (row?.blob) await blobs.remove(scope.workspace, row.blob)
  await scope.write(async (tx) => {
    await deleteBundle(tx, id)
    await secrets.remove(tx, passphraseName(id))
  })
}

async function bring(parts: Parts, context: JobContext<unknown>, reader: Reader): Promise<BundleImported> {
  const { scope, id } = context
  const { dry_run } = context.input as ImportInput
  const plan = await planOf(parts, context, reader)
  const going: Going = {
    ...{ context, reader, plan, files: travelling(parts, id, reader) },
    gathered: (component) => join(parts.folder, id, `${component}.db`),
  }
  const total = await check(going, parts.portables())
  const progress = dry_run ? { lines: {}, tallies: {}, faults: [] } : await progressOf(scope, id)
  for (const { portable, part } of plan.chosen) await bringPart({ ...going, progress, total }, portable, part)
  if (dry_run) return resultOf(plan, progress, true)
  for (const { portable } of plan.chosen)
    await portable.finish?.(scope, (done, all) => context.progress({ phase: 'counting', done, total: all }))
  const result = resultOf(plan, await progressOf(scope, id), false)
  // What is told of it in the end is how much came, not how much of it was counted last.
  context.progress({ phase: 'done', done: total, total })
  await context.writeStep('told', async (tx) => {
    tx.event({ type: 'bundle.imported', subject: id, data: { ...result.total } })
  })
  return result
}

/** BUNDLE_COMPONENT_UNKNOWN for a part that nobody here knows, WORKSPACE_NOT_PERSONAL for one named that cannot come. */
async function planOf(parts: Parts, { scope, input }: JobContext<unknown>, { contents }: Reader): Promise<Plan> {
  const { components: named } = input as ImportInput
  const portables = parts.portables()
  const known = new Set(portables.map(({ component }) => component))
  for (const { name } of contents.parts)
    if (!known.has(name)) throw fail('BUNDLE_COMPONENT_UNKNOWN', { component: name })
  const personal = await parts.isPersonal(scope)
  const plan: Plan = { chosen: [], left_out: {} }
  for (const portable of portables) {
    const part = contents.parts.find(({ name }) => name === portable.component)
    if (!part) continue
    const leaveOut = (reason: string) => {
      if (part.rows !== 0) plan.left_out[part.name] = reason
    }
    const isNamed = named?.includes(portable.component) ?? false
    if (portable.personal && !personal) {
      if (isNamed) throw fail('WORKSPACE_NOT_PERSONAL')
      leaveOut('not_personal')
    } else if (named === null ? portable.named : !isNamed) leaveOut('not_named')
    else plan.chosen.push({ portable, part })
  }
  return plan
}

/** Looks at every line before the first one comes in; some are taken down on the way. Answers how many there are. */
async function check(going: Going, portables: readonly Portable[]): Promise<number> {
  const { context, reader, plan } = going
  const { parts } = reader.contents
  const { dry_run } = context.input as ImportInput
  const all = parts.reduce((sum, { rows }) => sum + Math.max(rows, 0), 0)
  let before = 0
  for (const { name: component } of parts) {
    const portable = portables.find((one) => one.component === component) as Portable
    const chosen = !dry_run && plan.chosen.some(({ part }) => part.name === component)
    const told = (rows: number) => context.progress({ phase: 'checking', done: before + rows, total: all })
    before += await (chosen && portable.gather
      ? gatherLines(going, portable, portable.gather, told)
      : checkLines(reader, portable, told))
  }
  return before
}

async function checkLines(reader: Reader, { component, line, files }: Portable, told: Told): Promise<number> {
  for (;;) {
    const { rows, done } = await reader.check({ component, schema: line, largest: files?.most ?? null })
    told(rows)
    if (done) return rows
  }
}

const takenAtOnce = 2
/** Takes lines down while the next ones are unpacked; whoever takes them looks at them. */
async function gatherLines(
  { context, reader, gathered }: Going,
  portable: Portable,
  gather: Gathering,
  told: Told,
): Promise<number> {
  const { component, line } = portable
  const given = givenOf(context, reader, portable, '')
  const schema = plainSchema(line)
  const taking: Promise<void>[] = []
  const take = async (bytes: Uint8Array, before: number) => {
    const unsound = await gather.take(context.scope, gathered(component), given, { bytes, before, schema })
    if (unsound !== null) throw unreadable(`${component} has a row that is none, row ${unsound}`)
    release(bytes)
  }
  for (let before = 0; ; ) {
    const { rows, done, bytes } = await reader.hand(component)
    if (done) {
      await Promise.all(taking)
      return rows
    }
    if (taking.length >= takenAtOnce) await taking.shift()
    if (bytes) taking.push(observed(take(bytes, before)))
    before = rows
    told(rows)
  }
}
type Told = (rows: number) => void

function givenOf({ scope }: JobContext<unknown>, reader: Reader, { table }: Portable, text: string): WriteLines {
  return { table, text, persons: { from: reader.contents.person, to: scope.principal.person }, components: [] }
}

/** Files that rows name: laid out one at a time, and gone once they are read. */
const travelling = ({ folder }: Parts, id: string, reader: Reader): TravellingFiles => ({
  async open(sha256) {
    const path = join(folder, id, sha256)
    await reader.unpack(sha256, path)
    return createReadStream(path).once('close', () => void rm(path, { force: true }))
  },
})

type Going = { context: JobContext<unknown>; reader: Reader; plan: Plan; files: TravellingFiles } & {
  /** Where lines of a component are taken down. */
  gathered(component: string): string
}
type Bringing = Going & { progress: Progress; total: number }

/** What is told after each batch. */
function tell({ context, progress, total }: Bringing, phase: string, part: Part): void {
  const done = Object.values(progress.lines).reduce((sum, lines) => sum + lines, 0)
  context.progress({ phase, done, total, message: part.name.replaceAll('_', ' ') })
}

async function moved(bringing: Bringing, part: Part, rows: number): Promise<void> {
  const { lines } = bringing.progress
  lines[part.name] = (lines[part.name] ?? 0) + rows
  await bringing.context.advanced()
  tell(bringing, 'bringing in', part)
}

async function bringPart(bringing: Bringing, portable: Portable, part: Part): Promise<void> {
  const { context, reader, plan, progress, files } = bringing
  const { scope, id } = context
  const { dry_run } = context.input as ImportInput
  if (portable.gather && !dry_run) return bringGathered(bringing, portable, part, portable.gather)
  const next = async () => {
    const { text: lines, rows } = await reader.next(part.name, progress.lines[part.name] ?? 0)
    return { given: givenOf(context, reader, portable, lines), rows }
  }
  // The next batch is read while this one is written.
  for (let ahead = observed(next()); ; ) {
    const { given, rows } = await ahead
    if (rows === 0) break
    ahead = observed(next())
    if (dry_run) {
      const together = plan.chosen.map((one) => one.part.name)
      const argument = { module: portable.module, given: { ...given, components: together } }
      add(progress, part.name, rows, await scope.apart.read<Written>(writeModule, 'sortBatch', argument))
      tell(bringing, 'comparing', part)
      continue
    }
    if (portable.bring) {
      const written = await portable.bring(scope, given, files)
      await scope.write((tx) => moveOn(tx, id, part.name, rows, written))
    } else await scope.apart.write(writeModule, 'writeBatch', { id, module: portable.module, given, lines: rows })
    await moved(bringing, part, rows)
  }
}

async function bringGathered(
  bringing: Bringing,
  portable: Portable,
  part: Part,
  { bring: bringAll }: Gathering,
): Promise<void> {
  const { context, reader, progress, gathered } = bringing
  const { scope, id } = context
  const write = async (prepared: unknown, lines: number) => {
    const given = { ...givenOf(context, reader, portable, ''), prepared }
    const argument = { id, module: portable.module, given, lines }
    const written = await scope.apart.write<boolean>(writeModule, 'writeBatch', argument)
    if (written) await moved(bringing, part, lines)
    return written
  }
  const told = (phase: string, done: number, total: number) => context.progress({ phase, done, total })
  await bringAll(scope, gathered(part.name), progress.lines[part.name] ?? 0, write, told)
}

function resultOf({ chosen, left_out }: Plan, { tallies, faults }: Progress, dry_run: boolean): BundleImported {
  const components = Object.fromEntries(chosen.map(({ part }) => [part.name, tallies[part.name] ?? none()]))
  const total = none()
  for (const tally of Object.values(components))
    for (const key of ['created', 'updated', 'skipped', 'failed'] as const) total[key] += tally[key]
  return { dry_run, components, total, faults, left_out }
}
