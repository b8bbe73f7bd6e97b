import { readFileSync } from 'node:fs'
import { allOperations } from '@cairn/api/table'
import type { Command } from 'commander'
import { makeContext, UsageError } from '../context.ts'

type Caller = { raw(input: unknown): Promise<Response> }

/** `cairn call OPERATION --input '{…}'`: any operation by its id; without one, the list of all. */
export const addCall = (program: Command) =>
  program
    .command('call')
    .argument('[operation]', 'id such as memories.create; none lists them all')
    .argument('[input]', 'JSON object; `-` reads it from standard input')
    .description('call any operation by its id')
    .action(async (id: string | undefined, given: string | undefined, _options: unknown, command: Command) => {
      const context = makeContext(command.optsWithGlobals())
      if (id === undefined) {
        const lines = allOperations.map(
          (one) => `${one.id.padEnd(28)} ${one.method.padEnd(6)} ${one.path}  ${one.summary}`,
        )
        return context.print(
          allOperations.map(({ id, method, path, summary }) => ({ id, method, path, summary })),
          () => lines,
        )
      }
      const operation = allOperations.find((one) => one.id === id)
      if (!operation) throw new UsageError(`There is no operation ${id}. \`cairn call\` lists them all.`)
      const features = context.api as unknown as Record<string, Record<string, Caller>>
      const [feature = '', name = ''] = id.split('.')
      const caller = features[feature]?.[name] as Caller
      const response = await caller.raw(inputOf(given))
      const text = await response.text()
      process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
    })

function inputOf(given: string | undefined): unknown {
  if (given === undefined) return {}
  try {
    const value: unknown = JSON.parse(given === '-' ? readFileSync(0, 'utf8') : given)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // told below
  }
  throw new UsageError('The input must be a JSON object, such as \'{"limit": 5}\'.')
}
