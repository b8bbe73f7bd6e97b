import { fail } from '@cairn/api/errors'
import type { Workspace } from '@cairn/api/workspaces'
import { iso } from '../../../kernel/clock.ts'
import type { Membership } from '../../../kernel/gate/identity.ts'
import { newId } from '../../../kernel/ids.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Principal, Scope, Tx } from '../../../kernel/scope.ts'
import { type MemberWorkspace, store } from './store.ts'

const believedFor = 5_000

export type Workspaces = ReturnType<typeof makeWorkspaces>

export function makeWorkspaces(kernel: Kernel) {
  const { database, clock } = kernel
  const believed = new Map<string, { found: MemberWorkspace; until: number }>()
  const homes = new Map<string, string>()

  /** A person's own workspace; made at first need. Capture goes there. */
  async function personal(person: string): Promise<string> {
    const known = homes.get(person)
    if (known) return known
    const find = async (db: typeof database.db) =>
      (await store.ofPerson(db, person)).find((one) => one.kind === 'personal')?.id
    const id =
      (await find(database.db)) ??
      (await database.transaction(async (db) => {
        const found = await find(db)
        if (found) return found
        const made = newId()
        const taken = await store.all(db)
        const slug = taken.length === 0 ? 'personal' : `personal-${made.slice(-6)}`
        await store.insert(db, {
          id: made,
          slug,
          name: 'Personal',
          kind: 'personal',
          no_cloud: 0,
          created_at: clock.now(),
        })
        await store.addMember(db, { workspace: made, person, role: 'owner' })
        return made
      }))
    homes.set(person, id)
    return id
  }

  async function named(person: string, name: string): Promise<MemberWorkspace | undefined> {
    const key = `${person} ${name}`
    const known = believed.get(key)
    if (known && known.until > clock.now()) return known.found
    const found = await store.named(database.db, person, name)
    if (believed.size > 1_000) believed.clear()
    if (found) believed.set(key, { found, until: clock.now() + believedFor })
    return found
  }

  /** What the gate asks: is this person a member there, and as what? */
  async function member(principal: Principal, name: string): Promise<Membership | null> {
    const found = await named(principal.person, name)
    return found ? { workspace: found.id, role: found.role } : null
  }

  async function get(scope: Scope, name: string): Promise<Workspace> {
    const found = await store.named(scope.db, scope.principal.person, name)
    if (!found) throw fail('WORKSPACE_NOT_FOUND')
    return toWorkspace(found)
  }

  async function update(tx: Tx, name: string, changes: { name?: string; no_cloud?: boolean }): Promise<Workspace> {
    const found = await store.named(tx.db, tx.principal.person, name)
    if (!found) throw fail('WORKSPACE_NOT_FOUND')
    if (found.role !== 'owner') throw fail('ACCESS_DENIED', { permission: 'workspaces:danger' })
    const next = {
      name: changes.name ?? found.name,
      no_cloud: changes.no_cloud === undefined ? found.no_cloud : Number(changes.no_cloud),
    }
    await store.update(tx.db, found.id, next)
    tx.event({ type: 'workspace.changed', subject: found.id })
    tx.after(() => believed.clear())
    return toWorkspace({ ...found, ...next })
  }

  return {
    personal,
    member,
    get,
    update,
    list: async (scope: Scope) => ({
      items: (await store.ofPerson(scope.db, scope.principal.person)).map(toWorkspace),
    }),
    /** True when no byte of this workspace may go to a model elsewhere. */
    noCloud: async (scope: Pick<Scope, 'workspace' | 'db'>) =>
      (await store.byId(scope.db, scope.workspace))?.no_cloud === 1,
    /** Is this person a member of the workspace? */
    isMember: async (scope: Pick<Scope, 'workspace' | 'db'>, person: string) =>
      (await store.named(scope.db, person, scope.workspace)) !== undefined,
    /** Is this person's personal workspace this one? */
    owns: async (scope: Pick<Scope, 'workspace' | 'db'>, person: string) => {
      const found = await store.named(scope.db, person, scope.workspace)
      return found?.kind === 'personal' && found.role === 'owner'
    },
    isPersonal: async (scope: Pick<Scope, 'workspace' | 'db'>) =>
      (await store.byId(scope.db, scope.workspace))?.kind === 'personal',
    /** Ids of all workspaces, for schedules. */
    all: async () => (await store.all(database.db)).map((row) => row.id),
  }
}

const toWorkspace = (row: MemberWorkspace): Workspace => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  kind: row.kind,
  role: row.role,
  no_cloud: row.no_cloud === 1,
  created_at: iso(row.created_at),
})
