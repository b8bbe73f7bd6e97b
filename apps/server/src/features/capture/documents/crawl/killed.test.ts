/** Kills a core, as a process of its own, in the middle of a crawl, and starts it again on the same data. */
import { expect, onTestFinished, test } from 'vitest'
import { coreSettings, startCoreProcess } from '../../../../../test/core-process.ts'
import { until } from '../../../../../test/harness.ts'
import { html, startSite } from '../../../../../test/site.ts'

test('a crawl that was killed goes on: no page is asked for again but those on their way, and each is one document', async () => {
  const site = await startSite({}, (path) =>
    path === '/robots.txt' || path === '/sitemap.xml'
      ? undefined
      : html(
          `Page ${path}`,
          `The page ${path} says ${path}. `.repeat(5),
          [1, 2, 3].map((next) => `${path}${next}`),
        ),
  )
  onTestFinished(() => site.stop())
  const { environment } = await coreSettings()
  const settings = { ...environment, CAIRN_ALLOWED_HOSTS: site.host, CAIRN_CRAWL_DELAY: '0' }
  let core = await startCoreProcess(settings)
  const { job_id: job } = await core.api.crawls.start({ seeds: [`${site.url}/`], depth: 10, pages: 40 })
  await until(async () => (await core.api.crawls.get({ job })).counts.fetched >= 10, 90_000)
  await core.kill()
  core = await startCoreProcess(settings)
  const done = await until(async () => {
    const now = await core.api.crawls.get({ job })
    return now.finished_at === null ? null : now
  }, 90_000)
  expect(done).toMatchObject({ status: 'succeeded', counts: { fetched: 40, created: 40, failed: 0, skipped: 0 } })
  const again = [...site.counts()].filter(([, count]) => count > 1)
  expect(again.length).toBeLessThanOrEqual(8)
  expect(again.every(([, count]) => count === 2)).toBe(true)
}, 240_000)
