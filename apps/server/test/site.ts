/** A small web site on this machine for crawls, which notes what it was asked, with traps where a test wants them. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = { status?: number; headers?: Record<string, string>; body?: string | Uint8Array }
export type Page = string | Answer | ((request: IncomingMessage, response: ServerResponse) => Answer | null)
export type Asked = { path: string; headers: IncomingMessage['headers'] }

/** A page of HTML with a title, words and links. */
export const html = (title: string, words: string, links: readonly string[] = [], head = '') =>
  `<!doctype html><html lang="en"><head><title>${title}</title>${head}</head><body><main><h1>${title}</h1><p>${words}</p>` +
  `<ul>${links.map((link) => `<li><a href="${link.split(' ', 1)[0]}">${link.split(' ').slice(1).join(' ') || link}</a></li>`).join('')}</ul></main></body></html>`

export type Site = Awaited<ReturnType<typeof startSite>>

/** `pages` by path with query; `other` answers the rest. What answers null has taken the response into its own hands. */
export async function startSite(pages: Record<string, Page>, other?: (path: string) => Page | undefined) {
  const asked: Asked[] = []
  /** Requests at once, the most that there were. */
  const load = { now: 0, most: 0 }
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    asked.push({ path, headers: request.headers })
    load.now += 1
    load.most = Math.max(load.most, load.now)
    response.once('close', () => (load.now -= 1))
    const page = pages[path] ?? other?.(path) ?? { status: 404, body: 'nothing here' }
    const answer =
      typeof page === 'function' ? page(request, response) : typeof page === 'string' ? { body: page } : page
    if (answer === null) return
    response.writeHead(answer.status ?? 200, { 'content-type': 'text/html; charset=utf-8', ...answer.headers })
    response.end(answer.body ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...{ pages, asked, load, host, url: `http://${host}` },
    /** How often each path was asked for. */
    counts: () =>
      new Map(
        Map.groupBy(asked, ({ path }) => path)
          .entries()
          .map(([path, all]) => [path, all.length]),
      ),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
