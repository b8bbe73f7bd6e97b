/** Folders for what a Cairn of a test keeps: in memory where `npm test` says so, since nobody there cuts the power. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new one. Roots, profiles and what else is read lie in `tmpdir()`, as a person's files do. */
export const dataFolder = (prefix: string): Promise<string> =>
  mkdtemp(join(process.env.CAIRN_TEST_DATA ?? tmpdir(), prefix))
