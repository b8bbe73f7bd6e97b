/** What is hard to read or to reach, as axe finds it. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect } from './cairn.ts'

/** What a theme changes is colours: where both are looked at, the dark one is held against the rules about those alone. */
const aboutColours = ['color-contrast', 'link-in-text-block']

/** `within` is a selector; the whole page without it. */
export async function findings(page: Page, { within, rules }: { within?: string; rules?: 'colours' } = {}) {
  // Colours are measured at rest: what fades in has to have arrived.
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Number.POSITIVE_INFINITY),
  )
  // There are no frames to go into, and what is fine need not be told.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] })
  if (within) axe.include(within)
  if (rules) axe.withRules(aboutColours)
  const { violations } = await axe.analyze()
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${String(target)} (${failureSummary})`).join(' | ')}`,
  )
}

/** Holds what is shown now against all rules, in both themes. */
export async function finePage(page: Page, within?: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  expect(await findings(page, { within }), 'light').toEqual([])
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  expect(await findings(page, { within, rules: 'colours' }), 'dark').toEqual([])
}
