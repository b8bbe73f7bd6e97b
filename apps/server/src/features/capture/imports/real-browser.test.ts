/** Drives Debian's Chromium over pages on this machine, and brings its real profile in while it runs. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import WebSocket from 'ws'
import type { HistoryImported } from '@cairn/api/imports'
import { startCairn, until } from '../../../../test/harness.ts'

const chromium = process.env.CAIRN_TEST_CHROMIUM ?? '/usr/bin/chromium'
const missing = !existsSync(chromium)
if (missing && process.env.CI) throw new Error(`there is no Chromium at ${chromium}, and the tests need it in CI`)
if (missing) console.warn(`!! there is no Chromium at ${chromium}: importing a real profile is not tested`)

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const action of undo.splice(0).reverse()) await action()
})

it.skipIf(missing)(
  'the real profile of a Chromium that is running is brought in',
  async () => {
    const site = await servePages()
    const profile = await mkdtemp(join(tmpdir(), 'cairn-chromium-'))
    undo.push(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }))
    const browser = await openBrowser(profile)
    await browser.visit(`${site}/start?access_token=s3cr3t`)
    await browser.click('#onwards')
    await browser.visit(`${site}/moved`)
    await browser.visit(`${site}/plain`)

    await using cairn = await startCairn()
    /** Chromium writes its history every ten seconds or so. */
    const visits = await until(async () => {
      const { job_id } = await cairn.api.imports.history({ source: 'chromium', path: profile })
      const job = await until(async () => {
        const job = await cairn.api.jobs.get({ id: job_id })
        return job.completed_at === null ? null : job
      }, 60_000)
      expect(job).toMatchObject({ status: 'succeeded' })
      const { items } = await cairn.api.browser.listHistory()
      return items.some(({ url }) => url === `${site}/plain`) ? items : null
    }, 90_000)
    expect(browser.process.exitCode).toBeNull()

    expect(visits.map(({ url, title }) => [url.slice(site.length), title]).reverse()).toEqual([
      ['/start?access_token=***', 'The beginning – Größe'],
      ['/onwards', 'Onwards'],
      ['/arrived', 'Arrived'],
      ['/plain', 'Plain'],
    ])
    const followed = visits.find(({ url }) => url.endsWith('/onwards'))
    expect(followed?.referrer).toBe(`${site}/start?access_token=***`)
    expect(followed?.site).toBe(new URL(site).host)
    for (const { visited_at } of visits) expect(Math.abs(Date.parse(visited_at) - Date.now())).toBeLessThan(300_000)
    const again = await cairn.api.imports.history({ source: 'chromium', path: profile })
    const job = await until(async () => {
      const job = await cairn.api.jobs.get({ id: again.job_id })
      return job.completed_at === null ? null : job
    }, 60_000)
    expect((job.result as HistoryImported).created).toBe(0)
  },
  180_000,
)

it.skipIf(missing)(
  'the bookmarks of a Chromium that is running are brought in with their folders, once',
  async () => {
    const profile = await mkdtemp(join(tmpdir(), 'cairn-chromium-'))
    undo.push(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }))
    const browser = await openBrowser(profile)
    await browser.visit('chrome://bookmarks')
    await until(async () => (await browser.evaluate('typeof chrome.bookmarks?.create')) === 'function')
    await browser.evaluate(`(async () => {
      const folder = await chrome.bookmarks.create({ parentId: '1', title: 'Größe & <b>' })
      await chrome.bookmarks.create({ parentId: folder.id, title: 'In it', url: 'https://in.example/?a=1&b=2' })
      await chrome.bookmarks.create({ parentId: '1', title: 'First', url: 'https://first.example/' })
      await chrome.bookmarks.create({ parentId: '2', title: 'Elsewhere', url: 'https://elsewhere.example/' })
    })()`)
    await using cairn = await startCairn()
    const bring = async () => {
      const { job_id } = await cairn.api.imports.bookmarks({ source: 'chromium', path: join(profile, 'Default') })
      return until(async () => {
        const job = await cairn.api.jobs.get({ id: job_id })
        return job.completed_at === null ? null : job
      }, 60_000)
    }
    /** Chromium writes its bookmarks after a few seconds. */
    const written = () => readFile(join(profile, 'Default', 'Bookmarks'), 'utf8').catch(() => '')
    await until(async () => (await written()).includes('elsewhere.example'), 60_000)
    const job = await bring()
    expect(job).toMatchObject({ status: 'succeeded', result: { read: 3, created: 3, known: 0, folders: 3 } })
    expect((await cairn.api.jobs.log({ id: job.id })).items.filter(({ level }) => level === 'warn')).toEqual([])
    const { items } = await cairn.api.bookmarks.tree()
    expect(items.map(({ title, depth, bookmarks }) => [title, depth, bookmarks])).toEqual([
      ['Bookmarks bar', 1, 1],
      ['Größe & <b>', 2, 1],
      ['Other bookmarks', 1, 1],
    ])
    expect((await bring()).result).toMatchObject({ read: 3, created: 0, known: 3, folders: 0 })
  },
  180_000,
)

async function servePages(): Promise<string> {
  const page = (title: string, body = '') => `<!doctype html><meta charset="utf-8"><title>${title}</title>${body}`
  const pages: Record<string, string> = {
    '/start': page('The beginning – Größe', '<a id="onwards" href="/onwards">on</a>'),
    '/onwards': page('Onwards', '<iframe src="/frame"></iframe>'),
    '/frame': page('A frame'),
    '/arrived': page('Arrived'),
    '/plain': page('Plain'),
  }
  const server: Server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://x')
    if (pathname === '/moved') return void response.writeHead(302, { location: '/arrived' }).end()
    response.writeHead(pages[pathname] ? 200 : 404, { 'content-type': 'text/html' }).end(pages[pathname] ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  undo.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function openBrowser(profile: string) {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync']
  const quiet = ['--disable-background-networking', '--disable-component-update', '--remote-debugging-port=0']
  const child: ChildProcess = spawn(chromium, [...flags, ...quiet, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: 'ignore',
    // A group of its own: its helpers go with it.
    detached: true,
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  undo.push(async () => {
    process.kill(-(child.pid as number), 'SIGKILL')
    await ended
  })
  const port = await until(async () => {
    const text = await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '')
    return text.split('\n')[0]
  }, 60_000)
  const tabs = await until(async () => {
    const found = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      type: string
      webSocketDebuggerUrl: string
    }[]
    return found.filter(({ type }) => type === 'page')[0]
  }, 30_000)
  const socket = new WebSocket(tabs.webSocketDebuggerUrl)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  undo.push(async () => socket.terminate())
  let count = 0
  const send = (method: string, params: Record<string, unknown> = {}) => {
    const id = ++count
    return new Promise<Record<string, never>>((resolve) => {
      const listen = (data: WebSocket.RawData) => {
        const message = JSON.parse(String(data)) as { id?: number; result: Record<string, never> }
        if (message.id !== id) return
        socket.off('message', listen)
        resolve(message.result)
      }
      socket.on('message', listen)
      socket.send(JSON.stringify({ id, method, params }))
    })
  }
  const evaluate = async (expression: string) => {
    const answer = (await send('Runtime.evaluate', { expression, userGesture: true, awaitPromise: true })) as {
      result?: { value?: unknown }
    }
    return answer.result?.value
  }
  const loaded = (mark: string) =>
    until(async () => (await evaluate(`document.readyState === 'complete' && !window.${mark}`)) === true, 30_000)
  return {
    process: child,
    evaluate,
    async visit(url: string) {
      await evaluate('window.before = 1')
      await send('Page.navigate', { url })
      await loaded('before')
    },
    /** As a person does: a page that scripts open by themselves replaces the one before. */
    async click(selector: string) {
      const box = (await evaluate(
        `(() => { const { x, y, width, height } = document.querySelector('${selector}').getBoundingClientRect();
          return JSON.stringify({ x: x + width / 2, y: y + height / 2 }) })()`,
      )) as string
      const at = { ...(JSON.parse(box) as { x: number; y: number }), button: 'left', clickCount: 1 }
      await evaluate('window.before = 1')
      await send('Input.dispatchMouseEvent', { type: 'mousePressed', ...at })
      await send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...at })
      await loaded('before')
    },
  }
}
