import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The house's list: a feature may use the services of those before it. */
const order = [
  'ground/users ground/workspaces ground/roots ground/capture ground/models ground/notifications',
  'remember/threads remember/memories remember/tasks remember/notes remember/entities',
  'capture/browser capture/bookmarks capture/tabs capture/files capture/git capture/terminals capture/documents',
  'capture/imports',
  'recall/search recall/chat recall/openai recall/sessions',
  'act/projects act/repos act/refactors act/ai-jobs act/previews act/agents act/workflows act/research',
  'account/jobs account/digest account/overview account/events account/egress account/bundles',
  'account/privacy account/backups account/health account/mcp',
].flatMap((wing) => wing.split(' '))

type Source = { file: string; text: string; imports: string[] }

function sources(folder: string): Source[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => /\.tsx?$/.test(name) && !/(?:^|[./])(?:test|fixture)\.tsx?$|\.d\.ts$|\.gen\.ts$/.test(name))
    .filter((name) => !name.includes('node_modules') && !name.startsWith('dist'))
    .map((name) => {
      const file = join(folder, name).split(sep).join('/')
      const text = readFileSync(join(root, file), 'utf8')
      const found = text.matchAll(
        /^(?:import|export|\})[^'\n]*\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
      )
      const imports = [...found].map((match) => (match[1] ?? match[2] ?? match[3]) as string)
      return { file, text, imports: imports.map((name) => (name.startsWith('.') ? inTree(file, name) : name)) }
    })
}

const inTree = (file: string, name: string) =>
  relative(root, resolve(root, dirname(file), name))
    .split(sep)
    .join('/')
const feature = (path: string) => /^apps\/server\/src\/features\/(\w[\w-]*\/\w[\w-]*)\//.exec(path)?.[1]
const outOfTree = (name: string) =>
  !name.includes('/src/') && !name.startsWith('apps/') && !name.startsWith('packages/')

describe('the arrows of the house', () => {
  const server = sources('apps/server/src')
  const features = server.filter(({ file }) => feature(file))

  it('packages/api knows its schema library and itself only', () => {
    const strange = sources('packages/api/src').flatMap(({ file, imports }) =>
      imports
        .filter((name) => !name.startsWith('packages/api/src/') && !/^typebox(\/|$)/.test(name))
        .map((name) => [file, name]),
    )
    expect(strange).toEqual([])
  })

  it('the workbench and the command line reach the server through packages/api only', () => {
    const strange = [...sources('apps/web/src'), ...sources('apps/cli/src')].flatMap(({ file, imports }) =>
      imports
        .filter((name) => /^(apps\/(server|sidecar)|@cairn\/(server|sidecar))/.test(name))
        .map((name) => [file, name]),
    )
    expect(strange).toEqual([])
  })

  it('the kernel knows no feature', () => {
    const kernel = server.filter(({ file }) => file.startsWith('apps/server/src/kernel/'))
    const allowed = (name: string) =>
      name.startsWith('apps/server/src/kernel/') || name === 'apps/server/src/config.ts' || outOfTree(name)
    const strange = kernel.flatMap(({ file, imports }) =>
      imports.filter((name) => !allowed(name)).map((name) => [file, name]),
    )
    expect(strange).toEqual([])
  })

  it('a feature uses the kernel, itself and features before it', () => {
    expect(features.filter(({ file }) => !order.includes(feature(file) as string)).map(({ file }) => file)).toEqual([])
    const strange = features.flatMap(({ file, imports }) => {
      const own = order.indexOf(feature(file) as string)
      return imports
        .filter((name) => !outOfTree(name) && !name.startsWith('apps/server/src/kernel/'))
        .filter((name) => !feature(name) || order.indexOf(feature(name) as string) > own)
        .map((name) => [file, name])
    })
    expect(strange).toEqual([])
  })

  it('only stores speak SQL, and only to write their own tables', () => {
    const speaks = /\.(selectFrom|insertInto|updateTable|deleteFrom)\(/
    expect(
      features.filter(({ file, text }) => speaks.test(text) && !/store\.ts$/.test(file)).map(({ file }) => file),
    ).toEqual([])
    const owned = new Map(features.map(({ file, text }) => [file, text.match(/tables: \[([^\]]*)\]/)?.[1] ?? '']))
    const strange = features.flatMap(({ file, text }) => {
      const mine = owned.get(`apps/server/src/features/${feature(file)}/index.ts`) ?? ''
      const written = [...text.matchAll(/\.(?:insertInto|updateTable|deleteFrom)\('(\w+)'/g)].map(
        (match) => match[1] as string,
      )
      return written.filter((table) => !mine.includes(`'${table}'`)).map((table) => [file, table])
    })
    expect(strange).toEqual([])
  })

  it('the environment, the clock, randomness and the network have one door each', () => {
    const doors: [RegExp, RegExp][] = [
      [/process\.env\b/, /\/config\.ts$/],
      [/\bDate\.now\(|new Date\(\)|performance\.now\(/, /kernel\/(clock|ids)\.ts$/],
      [
        /Math\.random\(|randomUUID|randomBytes/,
        /kernel\/ids\.ts$|kernel\/secrets\/secrets\.ts$|kernel\/http\/server\.ts$/,
      ],
      [/(?<![.\w])fetch\(|\bhttps?\.request\(/, /kernel\/(egress|sidecar)\//],
    ]
    const strange = server.flatMap(({ file, text }) =>
      doors.filter(([what, where]) => what.test(text) && !where.test(file)).map(([what]) => [file, String(what)]),
    )
    expect(strange).toEqual([])
  })
})
