import type { Command } from 'commander'
import { makeContext, time } from '../context.ts'
import { day, harmless, pc } from '../text.ts'

/** `cairn key`: list, create, rotate and revoke API keys. */
export const addKey = (program: Command) => {
  const key = program.command('key').description('list, create, rotate and revoke API keys')
  key
    .command('list', { isDefault: true })
    .description('list keys')
    .action(async (_options: unknown, command: Command) => {
      const context = makeContext(command.optsWithGlobals())
      const { items } = await context.api.users.keys()
      context.print({ items }, () => {
        if (items.length === 0) return 'No keys yet. Make one: cairn key create NAME'
        return items.map(
          (one) =>
            `${pc.dim(one.id)}  ${one.prefix}…  ${one.scopes.join(',')}  ${day(one.created_at)}  ${harmless(one.name)}`,
        )
      })
    })
  key
    .command('create')
    .argument('<name>')
    .description('make a key; its secret is shown this once')
    .option('--scope <scope...>', 'permissions: `*`, `*:read`, `memories:*`, `memories:read`')
    .option('--expires <time>', 'when it ends, a day or time: 2026-01-31')
    .action(async (name: string, options: { scope?: string[]; expires?: string }, command: Command) => {
      const context = makeContext(command.optsWithGlobals())
      const made = await context.api.users.createKey({
        name,
        ...(options.scope && { scopes: options.scope }),
        ...(options.expires && { expires_at: time(options.expires) }),
      })
      context.print(made, () => [made.secret, pc.dim('Shown this once. Send it as `Authorization: Bearer …`.')])
    })
  key
    .command('rotate')
    .argument('<id>')
    .description('give a key a new secret; the old one ends at once')
    .action(async (id: string, _options: unknown, command: Command) => {
      const context = makeContext(command.optsWithGlobals())
      const made = await context.api.users.rotateKey({ id })
      context.print(made, () => made.secret)
    })
  key
    .command('revoke')
    .argument('<id>')
    .description('end a key')
    .action(async (id: string, _options: unknown, command: Command) => {
      const context = makeContext(command.optsWithGlobals())
      context.print(await context.api.users.removeKey({ id }), () => 'Revoked.')
    })
}
