import type { Db } from '../../../kernel/database/dialect.ts'

export type WorkspaceRow = {
  id: string
  slug: string
  name: string
  kind: 'personal' | 'shared'
  no_cloud: number
  created_at: number
}
type MemberRow = { workspace: string; person: string; role: 'viewer' | 'editor' | 'owner' }
type Tables = { workspace: WorkspaceRow; member: MemberRow }
export type MemberWorkspace = WorkspaceRow & Pick<MemberRow, 'role'>

const tables = (db: Db) => db.withTables<Tables>()
const joined = (db: Db, person: string) =>
  tables(db)
    .selectFrom('member')
    .innerJoin('workspace', 'workspace.id', 'member.workspace')
    .selectAll('workspace')
    .select('member.role')
    .where('member.person', '=', person)

export const store = {
  ofPerson: (db: Db, person: string): Promise<MemberWorkspace[]> =>
    joined(db, person).orderBy('workspace.created_at').orderBy('workspace.id').limit(1_000).execute(),

  /** By id or slug, if the person is a member. */
  named: (db: Db, person: string, name: string): Promise<MemberWorkspace | undefined> =>
    joined(db, person)
      .where((eb) => eb.or([eb('workspace.id', '=', name), eb('workspace.slug', '=', name)]))
      .executeTakeFirst(),

  byId: (db: Db, id: string) => tables(db).selectFrom('workspace').selectAll().where('id', '=', id).executeTakeFirst(),

  insert: (db: Db, row: WorkspaceRow) => tables(db).insertInto('workspace').values(row).execute(),

  addMember: (db: Db, row: MemberRow) => tables(db).insertInto('member').values(row).execute(),

  update: (db: Db, id: string, changes: Partial<Pick<WorkspaceRow, 'name' | 'no_cloud'>>) =>
    tables(db).updateTable('workspace').set(changes).where('id', '=', id).execute(),

  all: (db: Db) => tables(db).selectFrom('workspace').select('id').orderBy('id').execute(),
}
