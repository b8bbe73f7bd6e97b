/**
 * Installs the optional add-on for local models where tests can find it, once (`node scripts/addons.ts`).
 * Its packages ship their binaries, so no install script has to run.
 */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { installedAddons, TRANSFORMERS } from '../src/embeddings/addons.ts'

const folder = fileURLToPath(new URL('../../../node_modules/.cache/cairn-addons', import.meta.url))

/** Folder with the add-on in it; installs it where it, or its version, is missing. Rejects when that fails. */
export const ensureAddon = async (): Promise<string> => {
  const { name, version } = TRANSFORMERS
  if (installedAddons(folder).some((addon) => addon.name === name && addon.version === version)) return folder
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }))
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const flags = ['--ignore-scripts', '--no-fund', '--no-audit', '--save-exact']
  await promisify(execFile)(npm, ['install', ...flags, `${name}@${version}`], { cwd: folder })
  return folder
}
