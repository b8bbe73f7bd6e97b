/**
 * Writes `src/lib/routes.gen.ts`: every operation's method, path, query fields and kinds of reply, so that the page's
 * bundle holds no schema code. `node scripts/routes.ts` writes it; a test fails while it is stale.
 */
import { writeFileSync } from 'node:fs'
import { routesOf } from '@cairn/api/client'
import { table } from '@cairn/api/table'

export const routesFile = new URL('../src/lib/routes.gen.ts', import.meta.url)

/** The file's text, as it should be. */
export function renderRoutes(): string {
  const lines = Object.entries(routesOf(table)).map(([feature, declared]) => {
    const inside = Object.entries(declared).map(([name, route]) => `    ${name}: ${literal(route)},\n`)
    return `  ${feature}: {\n${inside.join('')}  },\n`
  })
  return [
    '// Made by scripts/routes.ts from the table of operations. Do not edit.\n',
    "import type { Routes } from '@cairn/api/client'\n\n",
    '// biome-ignore format: one operation per line\n',
    `export const routes: Routes = {\n${lines.join('')}}\n`,
  ].join('')
}

const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'string') return `'${value}'`
  const fields = Object.entries(value as Record<string, unknown>)
  return `{ ${fields.map(([name, of]) => `${name}: ${literal(of)}`).join(', ')} }`
}

if (import.meta.main) writeFileSync(routesFile, renderRoutes())
