/** A site of 5,000 pages on this machine crawled with politeness lifted, beside fetching its pages and nothing else. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type BenchCore, pause, residentBytes, startBenchCore } from './core.ts'
import type { Row } from './run.ts'

const pages = Number(process.env.BENCH_PAGES ?? 5_000)
/** Requests at once to one host, as the crawl makes them. */
const atOnce = 2

export async function run(): Promise<Row[]> {
  // In a process of its own, so that it takes no time from those who ask it.
  const site = fork(new URL(import.meta.url), ['serve'])
  const [url] = (await once(site, 'message')) as [string]
  const core = await startBenchCore({ environment: { CAIRN_ALLOWED_HOSTS: new URL(url).host, CAIRN_CRAWL_DELAY: '0' } })
  try {
    const floor = await fetchAll(url)
    await crawl(core, `${url}/0`, 20)
    const first = await crawl(core, `${url}/0`, pages)
    const again = await crawl(core, `${url}/0`, pages)
    const row = (name: string, done: typeof first): Row => ({
      ...{ name, floor, ours: done.rate, unit: 'pages/s', ratio: done.rate / floor, goal: '≥ 100 pages/s' },
      notes: `${done.fetched} fetched, ${done.created} created, ${done.unchanged} as they were`,
    })
    return [
      row(`crawl of ${pages} pages`, first),
      row('the same again', again),
      {
        name: 'memory at the end of the crawl above its first tenth',
        ...{ floor: null, ours: (first.end - first.early) / 1e6, unit: 'MB', ratio: null, goal: 'flat' },
        notes: `${Math.round(first.end / 1e6)} MB at the end, threads included`,
      },
    ]
  } finally {
    await core.stop()
    site.kill()
  }
}

async function crawl(core: BenchCore, seed: string, budget: number) {
  const resident = () => residentBytes(core.process.pid as number)
  const { job_id: job } = await core.api.crawls.start({ seeds: [seed], depth: 10, pages: budget })
  let early = 0
  let end = 0
  for (;;) {
    const { status, counts, started_at, finished_at } = await core.api.crawls.get({ job })
    if (status === 'failed') throw new Error('the crawl failed')
    if (counts.fetched >= budget / 10 && early === 0) early = resident()
    end = resident()
    if (finished_at !== null && started_at !== null) {
      const seconds = (Date.parse(finished_at) - Date.parse(started_at)) / 1_000
      return { ...counts, rate: counts.fetched / seconds, early, end }
    }
    await pause(250)
  }
}

/** Pages per second of fetching alone. */
async function fetchAll(url: string): Promise<number> {
  const started = performance.now()
  let next = 0
  const one = async () => {
    for (let at = next++; at < pages; at = next++) await (await fetch(`${url}/${at}`)).text()
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return pages / ((performance.now() - started) / 1_000)
}

const words =
  'stone path river moss lantern ridge cloud winter harbour engine ledger signal garden window copper'.split(' ')

/** A page of about four kilobytes with ten links, the same each time. */
function page(at: number): string {
  const text = Array.from({ length: 400 }, (_, word) => words[(at * 7 + word * (at % 11) + word) % words.length]).join(
    ' ',
  )
  const links = Array.from({ length: 10 }, (_, link) => (at * 10 + link + 1) % pages)
  const list = links.map((to) => `<li><a href="/${to}">Page ${to}, ${words[to % words.length]}</a></li>`).join('')
  return `<!doctype html><html lang="en"><head><title>Page ${at}</title></head><body><main><h1>Page ${at}</h1><p>${text}</p><ul>${list}</ul></main></body></html>`
}

if (process.argv[2] === 'serve') {
  const server = createServer((request, response) => {
    const at = Number(/^\/(\d+)$/.exec(request.url ?? '')?.[1] ?? Number.NaN)
    response.writeHead(at < pages ? 200 : 404, { 'content-type': 'text/html', etag: `"${at}"` })
    response.end(at < pages ? page(at) : '')
  })
  server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
}
