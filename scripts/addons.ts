/** Installs the optional add-ons that tests run with, where they are not there yet. */
import { ensureAddon } from '../apps/sidecar/test/ensure-addon.ts'

process.stdout.write(`${await ensureAddon()}\n`)
