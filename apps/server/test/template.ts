/**
 * One migrated database per run, which the tests on PostgreSQL copy (and keep, see `postgres.ts`): migrating takes longer.
 * The migrations themselves run once here, and in the tests that are about them.
 */
import type { TestProject } from 'vitest/node'
import { migrations } from '../migrations/index.ts'
import { openDatabase } from '../src/kernel/database/database.ts'
import { newId } from '../src/kernel/ids.ts'
import { administer, urlOf } from './postgres.ts'

let drop = async () => {}

export async function setup(project: TestProject): Promise<void> {
  const { postgresUrl } = project.getProvidedContext()
  const name = `cairn_template_${newId().replaceAll('-', '')}`
  await administer(postgresUrl, `create database ${name}`)
  drop = async () => {
    const copies = `select datname from pg_database where datname like '${name}%'`
    for (const { datname } of await administer<{ datname: string }>(postgresUrl, copies))
      await administer(postgresUrl, `drop database if exists ${datname} with (force)`)
  }
  const settings = { dialect: 'postgres', url: urlOf(postgresUrl, name) } as const
  const database = await openDatabase(settings, { info() {}, warn() {}, error() {} })
  await database.migrate(migrations)
  await database.close()
  project.provide('postgresTemplate', name)
}

export const teardown = () => drop()

declare module 'vitest' {
  interface ProvidedContext {
    postgresTemplate: string
  }
}
