/** A room over a fresh database of the test's own dialect. */
import { onTestFinished } from 'vitest'
import { testDatabase } from '../../../test/database.ts'
import type { Database } from '../database/database.ts'
import { type RoomOptions, roomOver } from './room.fixture.ts'

export async function library(options: RoomOptions & { database?: Database } = {}) {
  const { database = await testDatabase(), ...rest } = options
  const room = await roomOver(database, rest)
  onTestFinished(() => room.stop())
  return room
}
