import { expect, onTestFinished, test } from 'vitest'
import { freshSettings } from '../apps/server/test/database.ts'
import { crash } from './crash-jobs.ts'

const fresh = async () => {
  const { settings, remove } = await freshSettings()
  onTestFinished(remove)
  return settings
}

test('a core that is killed again and again while it runs jobs finishes them all and runs no finished step again', async () => {
  const found = await crash({ settings: await fresh(), rounds: 5, seed: 20_261_121, journal: 'journal' })
  expect(found).toMatchObject({ repeated: [], lost: [], effects: [], damage: [] })
  expect(found.steps).toBeGreaterThan(found.jobs)
  expect(found.attempts).toBeGreaterThan(found.jobs)
}, 120_000)

test('the same core without its journal is seen to run finished steps again', async () => {
  const found = await crash({ settings: await fresh(), rounds: 5, seed: 20_261_121, journal: 'none' })
  expect(found.repeated).not.toEqual([])
}, 120_000)
