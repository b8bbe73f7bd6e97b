/** Where browsers keep their histories, on each system, and which of them are here. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { HistorySource, Profile } from '@cairn/api/imports'
import { iso } from '../../../kernel/clock.ts'

export type Browser = Exclude<HistorySource, 'jsonl'>
export type System = { platform: NodeJS.Platform; home: string }

export type Part = 'history' | 'bookmarks'
/** Name of the file with a part in a profile's folder. Firefox keeps all of it in one database. */
export const fileName = (browser: Browser, part: Part) =>
  browser === 'firefox' ? 'places.sqlite' : part === 'history' ? 'History' : 'Bookmarks'

/** Folders that hold profiles, below the home folder: as installed, as a snap, as a flatpak. */
const folders: Record<string, Record<Browser, readonly string[]>> = {
  linux: {
    chrome: ['.config/google-chrome', '.var/app/com.google.Chrome/config/google-chrome'],
    edge: ['.config/microsoft-edge', '.var/app/com.microsoft.Edge/config/microsoft-edge'],
    brave: [
      '.config/BraveSoftware/Brave-Browser',
      '.var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser',
      'snap/brave/current/.config/BraveSoftware/Brave-Browser',
    ],
    chromium: ['.config/chromium', 'snap/chromium/common/chromium', '.var/app/org.chromium.Chromium/config/chromium'],
    firefox: [
      '.mozilla/firefox',
      '.config/mozilla/firefox',
      'snap/firefox/common/.mozilla/firefox',
      '.var/app/org.mozilla.firefox/.mozilla/firefox',
    ],
  },
  darwin: {
    chrome: ['Library/Application Support/Google/Chrome'],
    edge: ['Library/Application Support/Microsoft Edge'],
    brave: ['Library/Application Support/BraveSoftware/Brave-Browser'],
    chromium: ['Library/Application Support/Chromium'],
    firefox: ['Library/Application Support/Firefox/Profiles'],
  },
  win32: {
    chrome: ['AppData/Local/Google/Chrome/User Data'],
    edge: ['AppData/Local/Microsoft/Edge/User Data'],
    brave: ['AppData/Local/BraveSoftware/Brave-Browser/User Data'],
    chromium: ['AppData/Local/Chromium/User Data'],
    firefox: ['AppData/Roaming/Mozilla/Firefox/Profiles'],
  },
}
const browsers: readonly Browser[] = ['chrome', 'edge', 'brave', 'chromium', 'firefox']

/** Profiles in the default places of this system, of one browser or of all, that hold a part. */
export async function findProfiles(system: System, part: Part, only?: Browser): Promise<Profile[]> {
  const here = folders[system.platform] ?? (folders.linux as Record<Browser, readonly string[]>)
  const found: Profile[] = []
  for (const browser of only ? [only] : browsers) {
    for (const folder of here[browser]) found.push(...(await profilesIn(join(system.home, folder), browser, part)))
  }
  return found
}

/** Profiles in a folder that holds profiles, such as Chromium's `--user-data-dir`. */
export async function profilesIn(folder: string, browser: Browser, part: Part): Promise<Profile[]> {
  const names = (await readdir(folder).catch(() => [])).sort()
  const known = browser === 'firefox' ? {} : await namesOf(folder)
  const found: Profile[] = []
  for (const name of names) {
    const path = join(folder, name)
    const file = await stat(join(path, fileName(browser, part))).catch(() => null)
    if (!file?.isFile()) continue
    const shown = known[name] ?? (browser === 'firefox' ? name.replace(/^[a-z0-9]{8}\./, '') : name)
    found.push({ source: browser, name: shown, path, bytes: file.size, changed_at: iso(Math.floor(file.mtimeMs)) })
  }
  return found
}

/** What people called their profiles; the folders are `Default`, `Profile 1`, … */
async function namesOf(folder: string): Promise<Record<string, string>> {
  try {
    const state = JSON.parse(await readFile(join(folder, 'Local State'), 'utf8')) as {
      profile?: { info_cache?: Record<string, { name?: unknown }> }
    }
    const named = Object.entries(state.profile?.info_cache ?? {})
    return Object.fromEntries(named.flatMap(([key, { name }]) => (typeof name === 'string' ? [[key, name]] : [])))
  } catch {
    return {}
  }
}
