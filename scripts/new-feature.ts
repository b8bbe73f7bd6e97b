/**
 * `npm run new NAME [-- --wing WING]`: lays out a feature — api file, server folder, test, view, migration — and adds its
 * lines to the lists. What it makes compiles, passes its test, and can be read in a minute.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { layOut } from './new-feature-files.ts'

const root = process.env.CAIRN_NEW_ROOT ?? join(import.meta.dirname, '..')
const wings = ['ground', 'remember', 'capture', 'recall', 'act', 'account']

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { wing: { type: 'string', default: 'remember' } },
})
const [name = ''] = positionals
if (!/^[a-z]{3,30}s$/.test(name) || !wings.includes(values.wing)) {
  console.error(
    `usage: npm run new NAME [-- --wing ${wings.join('|')}]   NAME: one plural word in lower case, such as snippets`,
  )
  process.exit(2)
}
if (existsSync(join(root, `packages/api/src/${name}.ts`))) {
  console.error(`There is a feature ${name} already.`)
  process.exit(1)
}

const migrations = readdirSync(join(root, 'apps/server/migrations')).filter((file) => /^\d{4}-/.test(file))
const next = String(Math.max(...migrations.map((file) => Number(file.slice(0, 4)))) + 1).padStart(4, '0')
const single = name.slice(0, -1)
const made = layOut({ name, single, wing: values.wing, migration: next })
for (const [path, text] of Object.entries(made)) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  console.log(`made   ${path}`)
}

const Name = name[0]?.toUpperCase() + name.slice(1)
edit('packages/api/src/table.ts', [
  [/(import [^\n]+\n)(?=\nexport const table)/, `$1import { ${name} } from './${name}.ts'\n`],
  [/(\n {2}memories,\n)/, `$1  ${name},\n`],
])
edit('packages/api/src/error-codes.ts', [
  [
    /(export const errors = \{\n)/,
    `$1  ${single.toUpperCase()}_NOT_FOUND: { status: 404, title: 'No such ${single}', detail: 'There is no such ${single} in this workspace.' },\n`,
  ],
])
edit('apps/server/migrations/index.ts', [
  [/(import \* as [^\n]+\n)(?=\nexport const)/, `$1import * as ${name} from './${next}-${name}.ts'\n`],
  [/\n\]\n$/, `\n  { name: '${next}-${name}', up: ${name}.up },\n]\n`],
])
edit('apps/server/src/wire.ts', [
  [
    /(\nimport \{ makeMemories \}[^\n]+)/,
    `$1\nimport { make${Name} } from './features/${values.wing}/${name}/index.ts'`,
  ],
  [/(\n {4}const ledger = makeJobsFeature)/, `\n    built.push(make${Name}().feature)$1`],
])
edit('apps/server/test/boundaries.test.ts', [[new RegExp(`('${values.wing}/[^']*)'`), `$1 ${values.wing}/${name}'`]])
console.log('\nNext: shapes and operations, the migration, the queries, a rule if there is one; then')
console.log(
  'npm run format && npm run schema && npm run check -- --quick, and a place for its view in apps/web/src/lib/places.ts.',
)

function edit(path: string, changes: [RegExp, string][]): void {
  let text = readFileSync(join(root, path), 'utf8')
  for (const [where, what] of changes) {
    const changed = text.replace(where, what)
    if (changed === text) throw new Error(`${path}: no place for ${what.trim()}`)
    text = changed
  }
  writeFileSync(join(root, path), text)
  console.log(`edited ${path}`)
}
