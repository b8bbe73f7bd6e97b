/** `npm run check`: everything that has to hold at every commit. `-- --quick` leaves the tests out. */
import { runAll } from './steps.ts'

const quick = process.argv.includes('--quick')
const fine = await runAll([
  { name: 'format', command: 'biome', parameters: ['ci', '.'] },
  { name: 'types', command: 'tsc', parameters: ['-p', 'tsconfig.json'] },
  { name: 'types of the workbench', command: 'tsc', parameters: ['-p', 'apps/web/tsconfig.json'] },
  { name: 'lint', command: 'oxlint', parameters: ['--type-aware', '--deny-warnings'] },
  { name: 'unused', command: 'knip', parameters: ['--no-progress'] },
  ...(quick ? [] : [{ name: 'tests', command: 'node', parameters: ['scripts/test.ts'] }]),
])
process.exitCode = fine ? 0 : 1
