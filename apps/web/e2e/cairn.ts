/** A Cairn of its own for each worker: started by the command line on a small repository, reached like anyone would. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, makeClient, routesOf } from '@cairn/api/client'
import { type Table, table } from '@cairn/api/table'
import { test as base, expect, type Page } from '@playwright/test'
import { dataFolder } from '../../server/test/data-folder.ts'

const launcher = fileURLToPath(new URL('../../cli/bin/cairn.mjs', import.meta.url))
const key = 'e2e-owner-key-that-is-long-enough-0123456789'

export type Cairn = {
  url: string
  /** The folder that is indexed; its root is called `trail`. */
  folder: string
  api: Client<Table>
  /** Stops it the hard way, and starts it again on the same data and port. */
  restart(): Promise<void>
}

/** File names that try to mislead or to break out. Each must be shown and do nothing. */
export const hostileNames = {
  markup: '<img src=x onerror=window.broken=1>.md',
  reversed: 'invoice\u202egpj.exe.txt',
  newline: 'two\nlines.txt',
}

const leases = `/** Leases: who holds a job, and for how long. */
export type Lease = { job: string; until: number }

/** Renews the lease of a job; a worker calls it every ten seconds while it runs. */
export function renewLease(lease: Lease, now: number): Lease {
  return { ...lease, until: now + 30_000 }
}

/** A lease that has run out is taken by whoever asks first. */
export function isOver(lease: Lease, now: number): boolean {
  return lease.until < now
}
`

const guide = `# Trail guide

Cairns mark the path. **Count** the stones before the ford.

## Weather

Snow closes the upper pass from November. See [the leases](src/leases.ts).

<script>window.broken = 1</script>

![pixel](https://evil.invalid/pixel.png?secret=1)

[click](javascript:window.broken=1)
`

/** Writes the small repository that everything is tried on: code, prose, and names from hell. */
function writeFolder(folder: string): void {
  mkdirSync(join(folder, 'src'), { recursive: true })
  mkdirSync(join(folder, 'docs'), { recursive: true })
  writeFileSync(join(folder, 'src', 'leases.ts'), leases)
  writeFileSync(
    join(folder, 'src', 'stones.py'),
    'def pile(stones):\n    """Puts the largest stone first."""\n    return sorted(stones)\n',
  )
  writeFileSync(join(folder, 'guide.md'), guide)
  writeFileSync(join(folder, 'docs', 'river.md'), '# River\n\nThe ford is waist deep in spring.\n')
  for (const name of Object.values(hostileNames))
    writeFileSync(join(folder, name), `A file with an odd name: ${JSON.stringify(name)}\n`)
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...parameters], {
      stdio: 'ignore',
    })
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-q', '-m', 'Mark the path over the pass')
  writeFileSync(
    join(folder, 'src', 'stones.py'),
    'def pile(stones):\n    """Puts the largest stone first."""\n    return sorted(stones, reverse=True)\n',
  )
}

async function start(home: string, folder: string, port: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [launcher, 'up', folder], {
    env: {
      ...process.env,
      CAIRN_HOME: home,
      CAIRN_PORT: port,
      CAIRN_SIDECAR_PORT: '0',
      CAIRN_KEYCHAIN: '0',
      CAIRN_OPEN: '0',
      CAIRN_API_KEY: key,
      CAIRN_LOG: 'json',
      // Sites that tests fetch from are on this machine.
      CAIRN_ALLOWED_HOSTS: '127.0.0.1',
      CAIRN_CRAWL_DELAY: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  child.stdout?.on('data', (data: Buffer) => said.push(String(data)))
  child.stderr?.on('data', (data: Buffer) => said.push(String(data)))
  const end = Date.now() + 60_000
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`Cairn ended at its start:\n${said.join('')}`)
    try {
      const { url } = JSON.parse(readFileSync(join(home, 'running.json'), 'utf8')) as { url: string }
      if ((await fetch(`${url}/api/health`)).ok) return { child, url }
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`Cairn did not come up:\n${said.join('')}`)
}

const stop = (child: ChildProcess, signal: NodeJS.Signals) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill(signal)
  })

/** Opens a one-time link in a page, as `cairn open` does, and ends at `to`. */
export async function enter(page: Page, cairn: Cairn, to = '/'): Promise<void> {
  const { url } = await cairn.api.users.createLink({ to: to.split('#')[0] ?? '/' })
  await page.goto(url)
  if (to.includes('#')) await page.goto(cairn.url + to)
  await expect(page.getByRole('navigation', { name: 'Sections' })).toBeVisible()
}

/** Starts a Cairn on a folder; `end` stops it and removes all that it kept. */
export async function startCairn(
  write: (folder: string) => void = writeFolder,
): Promise<Cairn & { end(): Promise<void> }> {
  const room = mkdtempSync(join(tmpdir(), 'cairn-e2e-'))
  const kept = await dataFolder('cairn-e2e-')
  const home = join(kept, 'home')
  const folder = join(room, 'trail')
  mkdirSync(folder)
  write(folder)
  let running = await start(home, folder, '0')
  const api = makeClient<Table>(routesOf(table), { url: running.url, key })
  return {
    url: running.url,
    folder,
    api,
    async restart() {
      await stop(running.child, 'SIGKILL')
      running = await start(home, folder, new URL(running.url).port)
    },
    async end() {
      await stop(running.child, 'SIGTERM')
      for (const each of [room, kept]) rmSync(each, { recursive: true, force: true })
    },
  }
}

export const test = base.extend<{ seen: string[] }, { cairn: Cairn }>({
  cairn: [
    async ({}, use) => {
      const cairn = await startCairn()
      await expect
        .poll(
          async () => {
            const { kinds, pending } = await cairn.api.search.status()
            return pending === 0 && (kinds.file?.sources ?? 0) >= 4
          },
          { timeout: 60_000 },
        )
        .toBe(true)
      await use(cairn)
      await cairn.end()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  /** Everything that must not happen on any page, collected and looked at in the end. */
  seen: [
    async ({ page, cairn }, use) => {
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
      page.on('dialog', (dialog) => {
        faults.push(`dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      page.on('console', (message) => {
        if (/Content Security Policy|Refused to/.test(message.text())) faults.push(`policy: ${message.text()}`)
      })
      page.on('request', (request) => {
        const { protocol, host } = new URL(request.url())
        if (/^(http|ws)/.test(protocol) && host !== new URL(cairn.url).host) faults.push(`request to ${request.url()}`)
      })
      await use(faults)
      expect(faults).toEqual([])
    },
    { auto: true },
  ],
})
export { expect }
