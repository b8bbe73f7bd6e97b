import { expect, test } from 'vitest'
import { describe } from './terminal.ts'

const progress = { phase: 'indexing', steps_completed: 512, steps_total: 742, eta_seconds: 5.2, retries: 0 }

test('a line of progress says each thing once', () => {
  const message = '3229 passages, 277/s'
  expect(describe({ type: 'passages.index', progress: { ...progress, message } }, 44)).toBe(
    'Indexing: 512 of 742 (69 %), 5 s left · 3229 passages, 277/s',
  )
  expect(describe({ type: 'files.scan', progress: { ...progress, message: null } }, 44)).toBe(
    'Looking through files: 512 of 742 (69 %), 44/s, 5 s left',
  )
  expect(
    describe({ type: 'x.y', progress: { ...progress, steps_total: null, eta_seconds: null, message: null } }, null),
  ).toBe('x.y indexing: 512')
})
