import type { Page } from '@playwright/test'
import { type Cairn, expect } from './cairn.ts'

/** Every view with something in it, and what shows that it has arrived. */
export async function allViews(
  cairn: Cairn,
): Promise<{ name: string; url: string; ready: (page: Page) => Promise<void> }[]> {
  const visit = await cairn.api.browser.createVisit({ url: 'https://stones.example/piles', title: 'On piling stones' })
  const bookmark = await cairn.api.bookmarks.create({
    ...{ url: 'https://stones.example/guide', title: 'A guide to stones', tags: ['stones'] },
    folder_id: (await cairn.api.bookmarks.createFolder({ title: 'Reading' })).id,
  })
  const tab = await cairn.api.tabs.create({ url: 'https://stones.example/piles', title: 'A tab about stones' })
  await cairn.api.tabs.bind({ id: tab.id })
  await cairn.api.capture.pause({ site: 'paused.example' })
  await cairn.api.capture.setPageText({ site: 'mail.example', on: false })
  const memory = await cairn.api.memories.create({ key: 'stones', value: 'The largest goes first.' })
  const task = await cairn.api.tasks.create({
    ...{ title: 'Carry water to the camp', due_at: '2020-01-01T09:00:00.000Z', priority: 3, assignee: 'me' },
    ...{ project: 'trail', tags: ['stones'] },
  })
  const document = await cairn.api.documents.create({
    ...{ content: '# On cairns\n\n## Building\n\nFlat stones first.', url: 'https://stones.example/cairns' },
  })
  const { thread_id: thread } = await cairn.api.chat.ask({ message: 'who renews the lease of a job?' })
  const { items: jobs } = await cairn.api.jobs.list({ type: 'files.scan' })
  const { items: commits } = await cairn.api.git.events({ type: 'commit' })
  const repo =
    (await cairn.api.repos.list()).items.find(({ path }) => path === cairn.folder) ??
    (await cairn.api.repos.create({ path: cairn.folder }))
  const sees = (text: string | RegExp) => async (page: Page) =>
    void (await expect(page.locator('[data-region=main]').getByText(text).first()).toBeVisible())
  return [
    { name: 'home', url: '/', ready: sees('On piling stones') },
    { name: 'new question', url: '/ask', ready: sees('Ask what you once knew') },
    {
      name: 'thread',
      url: `/ask/${thread}`,
      ready: async (page) => expect(page.getByRole('article').getByRole('link').first()).toBeVisible(),
    },
    { name: 'search', url: '/search?q=stone', ready: sees(/stones\.py/) },
    { name: 'empty search', url: '/search?q=zzzzqqqq', ready: sees('Nothing found') },
    { name: 'files', url: '/files', ready: sees('Choose one in the tree') },
    {
      name: 'file',
      url: '/files/trail/src/leases.ts#L5',
      ready: async (page) => expect(page.locator('.cm-place')).toBeVisible(),
    },
    { name: 'history', url: '/history', ready: sees('On piling stones') },
    { name: 'web graph', url: '/graph', ready: sees('Web graph') },
    { name: 'around a site', url: '/graph?site=stones.example', ready: sees('Came from') },
    { name: 'tabs', url: '/tabs', ready: sees('A tab about stones') },
    { name: 'visit', url: `/source/visit/${visit.page_id}`, ready: sees('Open the page') },
    { name: 'bookmarks', url: `/bookmarks?folder=${bookmark.folder_id}`, ready: sees('A guide to stones') },
    { name: 'bookmark', url: `/source/bookmark/${bookmark.id}`, ready: sees('Open the page') },
    { name: 'documents', url: '/documents', ready: sees('On cairns') },
    { name: 'document', url: `/documents/${document.id}`, ready: sees('Flat stones first') },
    { name: 'memory', url: `/source/memory/${memory.id}`, ready: sees('The largest goes first') },
    { name: 'commit', url: `/source/commit/${commits[0]?.id}`, ready: sees('Mark the path over the pass') },
    { name: 'memories', url: '/memories', ready: sees('The largest goes first') },
    { name: 'tasks', url: '/tasks?lanes=project', ready: sees('Carry water to the camp') },
    { name: 'task', url: `/tasks/${task.id}`, ready: sees('Written down') },
    // Other tests' jobs may be newer than any that is named here.
    {
      name: 'jobs',
      url: '/jobs',
      ready: async (page) => expect(page.locator('a[href^="/jobs/"]').first()).toBeVisible(),
    },
    { name: 'job', url: `/jobs/${jobs[0]?.id}`, ready: sees('Result') },
    { name: 'repositories', url: '/repos', ready: sees('uncommitted changes') },
    { name: 'repository', url: `/repos/${repo.id}`, ready: sees('stones.py') },
    { name: 'log', url: `/repos/${repo.id}/log`, ready: sees('Mark the path over the pass') },
    { name: 'branches', url: `/repos/${repo.id}/branches`, ready: sees('checked out') },
    { name: 'models', url: '/settings/models', ready: sees('No cloud') },
    { name: 'keys', url: '/settings/keys', ready: sees('this one') },
    { name: 'folders', url: '/settings/folders', ready: sees(cairn.folder) },
    { name: 'privacy', url: '/settings/privacy', ready: sees('What left this machine') },
    { name: 'export and import', url: '/settings/bundles', ready: sees('Only what changed since') },
    {
      name: 'names',
      url: '/settings/names',
      ready: async (page) => expect(page.getByLabel('Your name', { exact: true })).toBeVisible(),
    },
    { name: 'shortcuts', url: '/settings/shortcuts', ready: sees('Show or hide the ask panel') },
    { name: 'appearance', url: '/settings/appearance', ready: sees('As the system') },
    { name: 'about', url: '/settings/about', ready: sees('This installation') },
    { name: 'nowhere', url: '/nowhere', ready: sees('Nothing lives at this address') },
  ]
}
