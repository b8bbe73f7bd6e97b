import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

test('a new feature compiles as it is laid out, and its lines are in the lists', { timeout: 120_000 }, () => {
  const copy = mkdtempSync(join(tmpdir(), 'cairn-new-'))
  try {
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx', '*.json', '*.d.ts'], {
      cwd: root,
    })
    for (const file of files.toString().trim().split('\n')) cpSync(join(root, file), join(copy, file))
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const made = execFileSync(process.execPath, [join(root, 'scripts/new-feature.ts'), 'snippets'], {
      env: { CAIRN_NEW_ROOT: copy },
    })
    expect(made.toString()).toContain('made   apps/server/src/features/remember/snippets/store.ts')
    expect(readFileSync(join(copy, 'packages/api/src/table.ts'), 'utf8')).toContain("from './snippets.ts'")
    const own = JSON.parse(readFileSync(join(copy, 'tsconfig.json'), 'utf8')) as { compilerOptions: object }
    const paths = { '@cairn/api/*': [join(copy, 'packages/api/src/*.ts')] }
    const config = {
      ...own,
      compilerOptions: { ...own.compilerOptions, paths, preserveSymlinks: true },
      include: ['packages/api', 'apps/server'],
    }
    execFileSync(
      process.execPath,
      ['-e', `require('fs').writeFileSync('tsconfig.json', ${JSON.stringify(JSON.stringify(config))})`],
      { cwd: copy },
    )
    let output = ''
    try {
      execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.json'], { cwd: copy })
    } catch (error) {
      output = String((error as { stdout: Buffer }).stdout)
    }
    expect(output.split('\n').filter((line) => line.includes('snippet'))).toEqual([])
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
})

test('a name that is none is refused, and nothing is made', () => {
  const attempt = () =>
    execFileSync(process.execPath, [join(root, 'scripts/new-feature.ts'), '../evil'], { stdio: 'pipe' })
  expect(attempt).toThrow(/usage: npm run new/)
})
