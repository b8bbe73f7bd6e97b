/** Which page is next while a host wants to be left alone. */
import { expect, onTestFinished, test } from 'vitest'
import { startCairn, until } from '../../../../../test/harness.ts'
import { html, startSite } from '../../../../../test/site.ts'

test('while a host rests, the best page of another one is asked for, however many are better', async () => {
  const words = 'Enough words of this page to be read as one of its own. '.repeat(5)
  const other = await startSite({ '/': html('Elsewhere', words.replace('this', 'another')) })
  const links = Array.from({ length: 60 }, (_, at) => `/owls/${at} owls and more owls`)
  const resting = await startSite({
    '/robots.txt': { headers: { 'content-type': 'text/plain' }, body: 'User-agent: *\nCrawl-delay: 25' },
    '/': html('Owls', `Owls and owls. ${words}`, [...links, `${other.url}/ cars`]),
  })
  const cairn = await startCairn({ environment: { CAIRN_ALLOWED_HOSTS: '127.0.0.1', CAIRN_CRAWL_DELAY: '0' } })
  for (const one of [resting, other, cairn]) onTestFinished(() => one.stop())
  const { job_id: job } = await cairn.api.crawls.start({
    ...{ seeds: [`${resting.url}/`], query: 'owls', depth: 1, pages: 50, same_site: false, sitemaps: false },
  })
  await until(() => other.asked.some(({ path }) => path === '/'))
  expect(resting.asked.map(({ path }) => path).filter((path) => path.startsWith('/owls/')).length).toBeLessThan(2)
  await cairn.api.jobs.cancel({ id: job })
})
