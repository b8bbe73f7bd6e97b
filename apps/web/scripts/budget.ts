/**
 * Fails when the workbench loads too much before it shows anything: the entry with everything it imports statically,
 * gzipped, against 200 kB. Run after a build: `node scripts/budget.ts`.
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

type Chunk = { file: string; isEntry?: boolean; imports?: string[]; css?: string[] }

export const budget = 200_000

/** Files of the first load, each with its gzipped bytes, largest first. `dist` is the folder of a build. */
export function firstLoad(dist: URL): { file: string; bytes: number }[] {
  const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8')) as Record<string, Chunk>
  const files = new Set<string>()
  const visit = (name: string) => {
    const chunk = manifest[name]
    if (!chunk || files.has(chunk.file)) return
    files.add(chunk.file)
    for (const one of chunk.imports ?? []) visit(one)
  }
  for (const [name, chunk] of Object.entries(manifest)) if (chunk.isEntry) visit(name)
  return [...files]
    .map((file) => ({ file, bytes: gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length }))
    .sort((a, b) => b.bytes - a.bytes)
}

if (import.meta.main) {
  const files = firstLoad(new URL('../dist/', import.meta.url))
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { file, bytes } of files) console.log(`${String(bytes).padStart(8)}  ${file}`)
  console.log(`${String(total).padStart(8)}  of ${budget} bytes before the first paint, gzipped`)
  if (total > budget) {
    console.error('The workbench loads too much at once: load the new part when it is first shown.')
    process.exit(1)
  }
}
