/** Every command that a guide names is one: its words, its options, its operation and the operation's fields. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { allOperations } from '@cairn/api/table'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { makeProgram } from './program.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(`${root}docs/guides`).map((name) => `docs/guides/${name}`),
]
const named = pages.flatMap((page) =>
  [...readFileSync(root + page, 'utf8').matchAll(/npx cairn ([^`\n]+)/g)].map((match) => ({
    page,
    line: (match[1] as string).replace(/\s+#.*$/, '').trim(),
  })),
)

/** As a shell takes a line apart. */
const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? '')

/** Runs nothing: throws where the words are wrong, else says which command they reach, with its arguments. */
async function reached(words: readonly string[]): Promise<{ name: string; given: readonly string[] }> {
  const found: { name: string; given: readonly string[] }[] = []
  const disarm = (command: Command): void => {
    if (command.commands.length === 0)
      command.action((..._all: unknown[]) => void found.push({ name: command.name(), given: command.args }))
    command.commands.forEach(disarm)
  }
  const program = makeProgram({ quiet: true }).configureOutput({ outputError: () => undefined })
  disarm(program)
  await program.parseAsync([...words], { from: 'user' })
  return found[0] ?? Promise.reject(new Error('no command was reached'))
}

test('the guides name commands at all', () => {
  expect(named.length).toBeGreaterThan(10)
})

test.each(named)('$page: npx cairn $line', async ({ line }) => {
  const { name, given } = await reached(wordsOf(line))
  const [id, input] = given
  if (name !== 'call' || id === undefined) return
  const operation = allOperations.find((one) => one.id === id)
  expect(operation, id).toBeDefined()
  const fields = { ...operation?.params, ...operation?.query, ...operation?.body }
  for (const field of Object.keys(JSON.parse(input ?? '{}') as object)) expect(fields, line).toHaveProperty(field)
})

test('a command, an option or an argument that is not there is noticed', async () => {
  for (const line of ['dance', 'ask', 'jobs --fast', 'add a b', 'key cut x'])
    await expect(reached(wordsOf(line)), line).rejects.toThrow()
})
