/** `npm run dev`: the core on this folder, started again when its sources change, and Vite in front of it. */
import { run } from './steps.ts'

const codes = await Promise.all([
  run('node', ['--watch', '--watch-preserve-output', 'apps/server/src/main.ts', 'up', process.cwd()], {
    CAIRN_OPEN: '0',
  }),
  run('npm', ['run', 'dev', '-w', 'apps/web']),
])
process.exitCode = Math.max(...codes)
