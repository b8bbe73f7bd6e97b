/**
 * `npm test`: unit and front-door tests on both databases, the workbench in a real browser, and the fault rigs at a
 * twentieth. Words after `--` go to Vitest alone (`npm test -- memories`). Ends with what failed, what passed only when it
 * was tried again (in CI, once), and one line that counts everything.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run } from './steps.ts'

type Count = { passed: number; failed: number; skipped: number }
/** A test and what it said. */
type Trouble = { test: string; message: string }
const results = mkdtempSync(join(tmpdir(), 'cairn-results-'))
const memory = inMemory()
const only = process.argv.slice(2)
process.once('exit', () => {
  for (const folder of memory ? [results, memory] : [results]) rmSync(folder, { recursive: true, force: true })
})
// Memory is not left full by a run that is broken off.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

type Suite = {
  suites?: Suite[]
  specs?: { title: string; tests: { status: string; results: { error?: { message?: string } }[] }[] }[]
}
type Report = Suite & {
  stats?: { expected: number; unexpected: number; skipped: number; flaky: number }
  numFailedTestSuites?: number
  testResults?: {
    name: string
    message: string
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[]
  }[]
}

/** A folder in memory, where there is room: waiting for a disk would be a fifth of the time. Null where there is not. */
function inMemory(): string | null {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    if (bavail * bsize <= 4e9) return null
    const folder = mkdtempSync('/dev/shm/cairn-data-')
    // As open as where it stands: some tests act as somebody else.
    chmodSync(folder, 0o1777)
    return folder
  } catch {
    return null
  }
}

const failures: Trouble[] = []
const again: Trouble[] = []

/** Notes what failed, and what failed before it passed. */
function note({ suites = [], specs = [], testResults = [] }: Report): void {
  for (const { title, tests } of specs) {
    for (const { status, results } of tests) {
      if (status !== 'unexpected' && status !== 'flaky') continue
      const message = results.flatMap(({ error }) => error?.message ?? [])[0] ?? ''
      ;(status === 'flaky' ? again : failures).push({ test: title, message })
    }
  }
  for (const one of suites) note(one)
  for (const { name, message, assertionResults } of testResults) {
    const file = name.slice(root.length)
    if (message) failures.push({ test: file, message })
    for (const { fullName, status, failureMessages = [] } of assertionResults) {
      if (failureMessages.length === 0) continue
      const trouble = { test: `${file} › ${fullName}`, message: failureMessages[0] ?? '' }
      ;(status === 'failed' ? failures : again).push(trouble)
    }
  }
}

function tell(what: string, troubles: readonly Trouble[]): void {
  for (const { test, message } of troubles) {
    const lines = message.split('\n').filter((line) => !line.includes('node_modules'))
    console.log(`\n${what}: ${test}\n  ${lines.slice(0, 12).join('\n  ').slice(0, 2_000)}`)
  }
}

/** Reads the counts of a report in Vitest's or Playwright's JSON; a report that is not there is a failure. */
function countOf(file: string): Count {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report
    const { stats, testResults = [], numFailedTestSuites = 0 } = report
    note(report)
    if (stats) return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }
    const all = testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, status }) => ({ test: `${name} ${fullName}`, status })),
    )
    const ran = new Set(all.filter(({ status }) => status === 'passed' || status === 'failed').map(({ test }) => test))
    const failed = all.filter(({ status }) => status === 'failed').length
    return {
      passed: all.filter(({ status }) => status === 'passed').length,
      failed: failed > 0 ? failed : Math.min(numFailedTestSuites, 1),
      // What belongs to one database is left out on the other: skipped is what ran on neither.
      skipped: all.filter(({ test }) => !ran.has(test)).length,
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

const counts: Count[] = []
async function suite(
  command: string,
  parameters: readonly string[],
  report: string,
  environment: NodeJS.ProcessEnv = {},
) {
  const code = await run(command, parameters, environment)
  const count = countOf(report)
  counts.push(code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count)
}

const unit = join(results, 'vitest.json')
// Tests start hundreds of processes; what Node has compiled once need not be compiled again.
const environment = { NODE_COMPILE_CACHE: join(results, 'compiled'), ...(memory && { CAIRN_TEST_DATA: memory }) }
await suite(
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${unit}`, ...only],
  unit,
  environment,
)
if (only.length === 0) {
  const browser = join(results, 'playwright.json')
  const built = await run('npm', ['run', 'build', '--silent'])
  if (built !== 0) {
    counts.push({ passed: 0, failed: 1, skipped: 0 })
    failures.push({ test: 'npm run build', message: 'see above' })
  }
  // The rigs wait for processes and disks, and a browser for what it shows: together they take little longer than one.
  const rigsRun = run('node', ['rigs/run.ts', '--share', '20'])
  await suite('playwright', ['test', '-c', 'apps/web/playwright.config.ts', '--reporter=list,json'], browser, {
    ...environment,
    PLAYWRIGHT_JSON_OUTPUT_NAME: browser,
  })
  const rigs = await rigsRun
  counts.push({ passed: rigs === 0 ? 1 : 0, failed: rigs === 0 ? 0 : 1, skipped: 0 })
  if (rigs !== 0) failures.push({ test: 'rigs at a twentieth', message: 'see above' })
}

const total = (name: keyof Count) => counts.reduce((sum, one) => sum + one[name], 0)
const skipped = total('skipped')
tell('PASSED ONLY WHEN TRIED AGAIN', again)
tell('FAILED', failures)
console.log(`\n${total('passed')} passed, ${total('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = total('failed') > 0 || (process.env.CI && skipped > 0) ? 1 : 0
