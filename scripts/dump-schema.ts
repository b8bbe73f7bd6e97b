/**
 * Writes the schema that the migrations make to `apps/server/migrations/schema.{sqlite,postgres}.sql`, which are committed:
 * whoever reads a change sees what it does to the tables. PostgreSQL is the one of the tests (`CAIRN_TEST_POSTGRES`).
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { migrations } from '../apps/server/migrations/index.ts'
import { type DatabaseSettings, openDatabase } from '../apps/server/src/kernel/database/database.ts'
import { dumpSchema } from '../apps/server/src/kernel/database/schema-dump.ts'

const log = { info() {}, warn() {}, error() {} }
const admin = process.env.CAIRN_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres'

async function write(settings: DatabaseSettings) {
  const database = await openDatabase(settings, log)
  try {
    await database.migrate(migrations)
    const file = new URL(`../apps/server/migrations/schema.${database.name}.sql`, import.meta.url)
    await writeFile(file, await dumpSchema(database.db, database.name))
    console.log(`wrote ${file.pathname}`)
  } finally {
    await database.close()
  }
}

async function administer(statement: string) {
  const client = new Client({ connectionString: admin })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

const folder = await mkdtemp(join(tmpdir(), 'cairn-schema-'))
const name = `cairn_schema_${process.pid}`
try {
  await write({ dialect: 'sqlite', file: join(folder, 'cairn.db') })
  await administer(`create database ${name}`)
  const url = new URL(admin)
  url.pathname = `/${name}`
  await write({ dialect: 'postgres', url: url.href })
} finally {
  await rm(folder, { recursive: true, force: true })
  await administer(`drop database if exists ${name} with (force)`)
}
