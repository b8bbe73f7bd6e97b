import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { settingsGuide } from '../src/settings-guide.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

describe('the documents', () => {
  it('list every setting as it is', () => {
    expect(read('docs/guides/settings.md')).toBe(settingsGuide())
  })

  it('link only to what is there', () => {
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map((match) => join(dirname(page), match[1] as string))
        .filter((target) => !exists(target))
        .map((target) => `${page} → ${target}`),
    )
    expect(broken).toEqual([])
  })

  it('name only npm scripts and commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const commands = readdirSync(join(root, 'apps/cli/src/commands')).map((name) => name.replace('.ts', ''))
    const strange = pages.flatMap((page) => {
      const text = read(page)
      const runs = [...text.matchAll(/npm run ([\w-]+)/g)]
        .map((match) => match[1] as string)
        .filter((name) => !scripts[name])
      const calls = [...text.matchAll(/npx cairn ([a-z]+)/g)].map((match) => match[1] as string)
      return [...runs, ...calls.filter((name) => ![...commands, 'up', 'verify', 'sidecar'].includes(name))].map(
        (name) => [page, name],
      )
    })
    expect(strange).toEqual([])
  })

  it('give every runtime dependency its decision', () => {
    const decided = pages
      .filter((page) => page.startsWith('docs/decisions/'))
      .map(read)
      .join('\n')
    const missing = ['apps/server', 'apps/sidecar', 'apps/web', 'apps/cli', 'packages/api'].flatMap((folder) => {
      const { dependencies = {} } = JSON.parse(read(`${folder}/package.json`)) as {
        dependencies?: Record<string, string>
      }
      return Object.keys(dependencies)
        .filter(
          (name) =>
            !name.startsWith('@cairn/') && !decided.includes(name) && !decided.includes(`${name.split('/')[0]}/*`),
        )
        .map((name) => `${folder}: ${name}`)
    })
    expect(missing).toEqual([])
  })
})

function exists(path: string): boolean {
  try {
    readdirSync(dirname(join(root, path)))
    return readFileSync(join(root, path)) !== null
  } catch (error) {
    return (error as { code?: string }).code === 'EISDIR'
  }
}
