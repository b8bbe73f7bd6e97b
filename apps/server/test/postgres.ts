/** Databases on the PostgreSQL server of the tests. */
import { Client } from 'pg'

/** Runs one statement on the server at `admin`. */
export async function administer(admin: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: admin })
  await client.connect()
  try {
    await client.query(statement)
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
