import { expect, test } from 'vitest'
import { testDatabase } from '../../../../test/database.ts'
import { plansOf } from '../../../../test/plans.ts'
import * as repos from '../../act/repos/store.ts'
import * as roots from '../../ground/roots/store.ts'
import * as git from '../git/store.ts'
import * as files from './store.ts'

test('lists of roots, files, repositories and commits come out of an index in their order', async () => {
  const database = await testDatabase()
  const plans = await plansOf(database, async (db) => {
    const from = { workspace: 'w', db }
    for (const after of [null, ['a', 'b']] as const) {
      await files.filePage(from, 'r', {}, after, 51)
      await files.filePage(from, 'r', { state: 'skipped' }, after, 51)
      await files.filePage(from, 'r', { state: 'indexed', pending: true }, after, 51)
      await files.filePage(from, 'r', { reason: 'secret' }, after, 51)
      await git.repositoryPage(from, null, after, 51)
      await git.repositoryPage(from, 'r', after, 51)
    }
    for (const after of [null, [1, 'a']] as const) {
      await roots.rootPage(from, { limit: 51, after })
      await repos.repoPage(from, { limit: 51, after })
      await git.eventPage(from, {}, after, 51)
      await git.eventPage(from, { root: 'r', from: 1, to: 2 }, after, 51)
      await git.eventPage(from, { repository: 'g', type: 'commit' }, after, 51)
      await git.eventPage(from, { type: 'tag' }, after, 51)
    }
    const place = { folder: 'a/', name: 'b' }
    for (const after of [null, place]) {
      await files.knownAfter(from, 'r', { folder: '', deep: true }, after, 500)
      await files.knownAfter(from, 'r', { folder: 'a/', deep: true }, after, 500)
      await files.knownAfter(from, 'r', { folder: 'a/', deep: false }, after, 500)
    }
    await files.indexedIdsAfter(from, '', 100)
    await git.commitIdsAfter(from, '', 100)
    await files.repositoryFolders(from, 'r')
  })
  for (const { sql, plan, sorts, scans } of plans)
    expect({ sql, plan, sorts, scans }).toMatchObject({ sorts: false, scans: false })
})

test('what is looked up is looked up, never searched for', async () => {
  const database = await testDatabase()
  const plans = await plansOf(database, async (db) => {
    const from = { workspace: 'w', db }
    await files.fileById(from, 'a')
    await files.filesByIds(from, ['a', 'b'])
    await files.filesByNames(from, 'r', 'a/', ['b', 'c'])
    await files.filesByContent(from, 'r', ['x', 'y'])
    await files.someIds(from, 'r', 200)
    await files.waiting(from, ['a'])
    await git.knownKeys(from, 'g', ['x', 'y'])
    await git.someEvents(from, 'g', 200)
    await git.repositoriesOf(from, 'r')
    await roots.rootById(from, 'a')
    await repos.repoById(from, 'a')
  })
  for (const { sql, plan, scans } of plans) expect({ sql, plan, scans }).toMatchObject({ scans: false })
})
