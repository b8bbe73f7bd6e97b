import { enter, expect, test } from './cairn.ts'
import { allViews } from './views.ts'

test('every view fits 360 pixels', async ({ page, cairn }) => {
  test.setTimeout(180_000)
  await page.setViewportSize({ width: 360, height: 740 })
  await enter(page, cairn)
  for (const view of await allViews(cairn)) {
    await page.goto(cairn.url + view.url)
    await view.ready(page)
    const beyond = await page.evaluate(() => {
      const wide = [...document.querySelectorAll('main *, nav *, header *')].filter((element) => {
        const box = element.getBoundingClientRect()
        if (box.width === 0 || (box.right <= innerWidth + 1 && box.left >= -1)) return false
        // What scrolls by itself, or is cut off on purpose, may be wider inside.
        for (let around = element.parentElement; around; around = around.parentElement)
          if (getComputedStyle(around).overflowX !== 'visible') return false
        return true
      })
      return {
        scrolls: document.documentElement.scrollWidth > innerWidth,
        wide: wide.map((one) => one.outerHTML.slice(0, 120)),
      }
    })
    expect(beyond, view.name).toEqual({ scrolls: false, wide: [] })
  }
})

test('files are reached from the bar below and lie over the page until one is chosen', async ({ page, cairn }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await enter(page, cairn)
  const tree = page.getByRole('tree', { name: 'Files' })
  await expect(tree).toHaveCount(0)
  await page.getByRole('button', { name: 'Files' }).click()
  await tree.getByRole('treeitem', { name: 'guide.md' }).click()
  await expect(tree).toHaveCount(0)
  await expect(page.getByLabel('trail/guide.md')).toContainText('Trail guide')
})
