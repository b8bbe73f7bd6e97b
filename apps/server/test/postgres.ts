/**
 * Databases on the PostgreSQL server of the tests. Making and dropping one takes the better part of a second on a busy
 * machine, emptying one takes 30 ms: so each of Vitest's workers keeps the migrated ones that it made, and its tests take
 * them one after the other. The run drops them at its end.
 */
import { Client } from 'pg'

/** Runs one statement on the server at `admin`; answers its rows. */
export async function administer<Row>(admin: string, statement: string): Promise<Row[]> {
  const client = new Client({ connectionString: admin })
  await client.connect()
  try {
    return (await client.query(statement)).rows as Row[]
  } finally {
    await client.end()
  }
}

/** The address of another database on the same server. */
export function urlOf(admin: string, name: string): string {
  const url = new URL(admin)
  url.pathname = `/${name}`
  return url.href
}

const taken = new Set<number>()

/** A migrated database that nobody else uses until it is given back; like the template, and empty. */
export async function takeDatabase(admin: string, template: string): Promise<{ url: string; giveBack(): void }> {
  let number = 1
  while (taken.has(number)) number += 1
  taken.add(number)
  const name = `${template}_${process.env.VITEST_POOL_ID}_${number}`
  const url = urlOf(admin, name)
  if (!(await emptied(url, name))) {
    await administer(admin, `drop database if exists ${name} with (force)`)
    await administer(admin, `create database ${name} template ${template}`)
    await administer(admin, `comment on database ${name} is '${await schemaOf(url)}'`)
    // The server itself is not what dies in these tests.
    await administer(admin, `alter database ${name} set synchronous_commit = off`)
  }
  return { url, giveBack: () => void taken.delete(number) }
}

/** False when there is no such database, or a test has changed its schema. */
async function emptied(url: string, name: string): Promise<boolean> {
  try {
    await administer(url, empty)
    const made = `select shobj_description(oid, 'pg_database') as schema from pg_database where datname = '${name}'`
    return (await administer<{ schema: string }>(url, made))[0]?.schema === (await schemaOf(url))
  } catch (error) {
    if ((error as { code?: string }).code === '3D000') return false
    throw error
  }
}

const schemaOf = async (url: string) => (await administer<{ schema: string }>(url, schema))[0]?.schema ?? ''

const schema = `
  select md5(string_agg(line, E'\\n' order by line)) as schema from (
    select format('%s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) as line
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'public'::regnamespace and not a.attisdropped
    union all select pg_get_triggerdef(t.oid) from pg_trigger t where not t.tgisinternal
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select name from _migrations
  ) as lines`

/** Whoever was left behind is sent away first; what the planner has learned of the rows goes with them. */
const empty = `
  do $$
  declare one record;
  begin
    perform pg_terminate_backend(pid, 10000) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend';
    set local session_replication_role = replica;
    for one in
      select oid, oid::regclass as name, pg_relation_size(oid) as bytes from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> '_migrations' and pg_relation_size(oid) > 0
    loop
      if one.bytes > 100000 then
        execute format('truncate %s cascade', one.name);
      else
        execute format('delete from %s', one.name);
      end if;
      delete from pg_statistic where starelid = one.oid;
    end loop;
  end $$`
