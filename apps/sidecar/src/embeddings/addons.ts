/** Optional add-ons: packages too big for everybody, installed by those who want them into a folder of their own. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fail } from '@cairn/api/errors'

/** The runtime for ONNX models, at the version that was tried. */
export const TRANSFORMERS = { name: '@huggingface/transformers', version: '4.3.1' }

const known = [TRANSFORMERS]
const manifestOf = (folder: string, name: string) => join(folder, 'node_modules', name, 'package.json')

/** Add-ons that are installed in `folder`, with their versions. */
export const installedAddons = (folder: string): { name: string; version: string }[] =>
  known.flatMap(({ name }) => {
    const manifest = manifestOf(folder, name)
    if (!existsSync(manifest)) return []
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version?: string }
    return [{ name, version: version ?? 'unknown' }]
  })

/** File to import for an add-on; ADDON_MISSING, with the command that installs it, where it is not there. */
export const resolveAddon = (folder: string, { name, version }: typeof TRANSFORMERS): string => {
  try {
    if (!existsSync(manifestOf(folder, name))) throw new Error('not installed')
    return createRequire(join(folder, 'package.json')).resolve(name)
  } catch (cause) {
    const how = `Install it with: npm install --ignore-scripts --prefix "${folder}" ${name}@${version}`
    throw fail('ADDON_MISSING', { addon: name, how }, [], cause)
  }
}
