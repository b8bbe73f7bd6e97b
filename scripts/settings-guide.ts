/** Writes `docs/guides/settings.md` from the list of settings. */
import { writeFileSync } from 'node:fs'
import { settingsGuide } from '../apps/server/src/settings-guide.ts'

writeFileSync(new URL('../docs/guides/settings.md', import.meta.url), settingsGuide())
