import { expect, test } from '@playwright/test'
import { budget, firstLoad } from '../scripts/budget.ts'

test('the first load stays within its budget', () => {
  const files = firstLoad(new URL('../dist/', import.meta.url))
  expect(files.length).toBeGreaterThan(0)
  expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(budget)
})
