/**
 * `cairn verify`: walks the hash chain of every workspace's event log, straight from the database and by reading alone, so
 * that it needs no running Cairn and does not trust one. What it prints of a head can be kept elsewhere and handed in
 * later (`--at WORKSPACE:SEQUENCE:HASH`): then a chain that was rewritten as a whole is found, too.
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Config, ConfigError } from './config.ts'
import { makeApart } from './kernel/database/apart.ts'
import type { Checkpoint, Verification } from './kernel/events/verify.ts'

export type Verified = { workspace: string } & Verification
/** A head that was noted before. */
export type Kept = Checkpoint & { workspace: string }

const module = new URL('./kernel/events/verify.ts', import.meta.url)

/** Every workspace's chain, each read from one snapshot. Throws ConfigError when there is no database. */
export async function verifyChains(settings: Config['database'], kept: readonly Kept[]): Promise<Verified[]> {
  if (settings.dialect === 'sqlite' && !existsSync(settings.file))
    throw new ConfigError(`There is no database at ${settings.file}. Set CAIRN_HOME to the folder that holds it.`)
  const apart = makeApart(settings)
  try {
    const read = (name: string, workspace: string, argument: unknown) =>
      apart.read({ module, name, workspace, argument })
    const found: Verified[] = []
    for (const chain of (await read('chainedApart', '', null)) as string[]) {
      const verification = (await read('verifyApart', chain, {
        kept: kept.filter(({ workspace }) => workspace === chain),
      })) as Verification
      found.push({ workspace: chain, ...verification })
    }
    return found
  } finally {
    await apart.close()
  }
}

/** The command: prints what it found; the exit code is 0 when every chain is whole, 1 when one is not, 2 for wrong words. */
export async function verifyCommand(config: Config, words: readonly string[]): Promise<number> {
  const asked = parse(words)
  if (!asked) {
    const detail = 'usage: cairn verify [--json] [--at WORKSPACE:SEQUENCE:HASH]…'
    if (words.includes('--json')) process.stdout.write(`${JSON.stringify({ error: { code: 'USAGE', detail } })}\n`)
    else process.stderr.write(`${detail}\n`)
    return 2
  }
  const chains = await verifyChains(config.database, asked.kept)
  const ok = chains.every((chain) => chain.ok)
  if (asked.json) process.stdout.write(`${JSON.stringify({ ok, workspaces: chains })}\n`)
  else process.stdout.write(`${chains.flatMap(linesOf).join('\n')}\n`)
  return ok ? 0 : 1
}

function linesOf({ workspace, ok, checked, forgotten, head, faults }: Verified): string[] {
  const emptied = forgotten > 0 ? `, ${forgotten} of them emptied by forgetting` : ''
  if (ok)
    return [
      `✓ ${workspace}: ${checked} events${emptied}, all as they were written; head ${workspace}:${head.seq}:${head.hash}`,
    ]
  return [`✗ ${workspace}: the event log is not as it was written`, ...faults.map(({ message }) => `  ${message}`)]
}

function parse(words: readonly string[]): { json: boolean; kept: Kept[] } | null {
  try {
    const options = { json: { type: 'boolean' }, at: { type: 'string', multiple: true } } as const
    const { values } = parseArgs({ args: [...words], options, strict: true })
    const kept = (values.at ?? []).map((text) => {
      const [, workspace, seq, hash] = /^([0-9a-f-]{36}):(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
      if (workspace === undefined || hash === undefined) throw new TypeError(`${text} is no head`)
      return { workspace, seq: Number(seq), hash }
    })
    return { json: values.json ?? false, kept }
  } catch {
    return null
  }
}
