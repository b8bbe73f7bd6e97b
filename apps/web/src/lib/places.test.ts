import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Place, parsePlace, placeKey, placeTitle, placeUrl, sourcePlace } from './places.ts'

const id = '0193a1b2-0000-7000-8000-000000000001'
const examples: [string, Place][] = [
  ['/', { kind: 'home' }],
  ['/ask', { kind: 'thread', thread: null, message: null }],
  [`/ask/${id}#m-1`, { kind: 'thread', thread: id, message: 'm-1' }],
  [
    '/search?q=lease+renewed&kind=file&kind=commit',
    { kind: 'search', q: 'lease renewed', kinds: ['file', 'commit'], since: '' },
  ],
  ['/files', { kind: 'files' }],
  ['/files/cairn/src/main.ts#L12-L20', { kind: 'file', uri: 'cairn/src/main.ts', lines: { start: 12, end: 20 } }],
  ['/files/cairn/a.ts#L3', { kind: 'file', uri: 'cairn/a.ts', lines: { start: 3, end: 3 } }],
  ['/history?site=example.org', { kind: 'history', q: '', site: 'example.org', from: '', to: '' }],
  ['/graph?site=example.org&q=moss', { kind: 'graph', site: 'example.org', page: '', q: 'moss' }],
  [`/graph?page=${id}`, { kind: 'graph', site: '', page: id, q: '' }],
  ['/tabs?q=stones', { kind: 'tabs', q: 'stones' }],
  ['/documents?q=owls', { kind: 'documents', q: 'owls' }],
  [`/documents/${id}#L4`, { kind: 'document', id, lines: { start: 4, end: 4 } }],
  ['/memories', { kind: 'memories', q: '' }],
  ['/bookmarks?folder=top&tag=tea', { kind: 'bookmarks', folder: 'top', q: '', tag: 'tea' }],
  ['/tasks?q=tent&lanes=project', { kind: 'tasks', q: 'tent', project: '', assignee: '', lanes: 'project' }],
  [`/tasks/${id}`, { kind: 'task', id }],
  ['/jobs?status=failed', { kind: 'jobs', status: 'failed', type: '', q: '' }],
  ['/jobs?type=imports.history&q=locked', { kind: 'jobs', status: '', type: 'imports.history', q: 'locked' }],
  [`/jobs/${id}`, { kind: 'job', id }],
  ['/repos', { kind: 'repos' }],
  [`/repos/${id}`, { kind: 'repo', id, part: 'status', ref: '' }],
  [`/repos/${id}/log?ref=topic%2Fone`, { kind: 'repo', id, part: 'log', ref: 'topic/one' }],
  ['/settings/keys', { kind: 'settings', section: 'keys' }],
  [`/source/visit/${id}#L2`, { kind: 'source', source: 'visit', id, lines: { start: 2, end: 2 } }],
]

describe('places', () => {
  it.each(examples)('%s is read and written back', (address, place) => {
    expect(parsePlace(address)).toEqual(place)
    expect(placeUrl(place)).toBe(address)
  })

  it('reads back every file name, however odd', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), (name) => {
        const uri = `root/${name.toWellFormed().replaceAll('/', '')}x`
        const back = parsePlace(placeUrl({ kind: 'file', uri, lines: { start: 1, end: 2 } }))
        expect(back).toEqual({ kind: 'file', uri, lines: { start: 1, end: 2 } })
      }),
      { numRuns: 25 },
    )
  })

  it('never throws on an address', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => void parsePlace(url)),
      { numRuns: 25 },
    )
    for (const odd of ['/%', '/files', '/files/%ff', '/ask/a/b', '/nowhere/at/all', '//evil.example/x', '/jobs/a/b'])
      expect(parsePlace(odd)).toBeTypeOf('object')
    expect(parsePlace('/nowhere').kind).toBe('unknown')
  })

  it('shows one file at two lines in one tab, two files in two', () => {
    const key = (address: string) => placeKey(parsePlace(address))
    expect(key('/files/a/b.ts#L1')).toBe(key('/files/a/b.ts#L9'))
    expect(key('/files/a/b.ts')).not.toBe(key('/files/a/c.ts'))
    expect(key('/search?q=a')).toBe(key('/search?q=b'))
  })

  it('opens a citation where it stands', () => {
    const at = { start_line: 4, end_line: 9 }
    expect(placeUrl(sourcePlace({ kind: 'file', id, uri: 'cairn/src/a b.ts' }, at))).toBe(
      '/files/cairn/src/a%20b.ts#L4-L9',
    )
    expect(placeUrl(sourcePlace({ kind: 'message', id, uri: `thread:${id}` }, at))).toBe(`/ask/${id}#${id}`)
    expect(placeUrl(sourcePlace({ kind: 'commit', id, uri: 'cairn@abc' }, null))).toBe(`/source/commit/${id}`)
  })

  it('has a title for a tab at once', () => {
    expect(placeTitle(parsePlace('/files/cairn/src/main.ts'))).toBe('main.ts')
    expect(placeTitle(parsePlace('/'))).toBe('Home')
    expect(placeUrl(parsePlace(`/source/document/${id}#L3-L9`))).toBe(`/documents/${id}#L3-L9`)
    expect(placeUrl(parsePlace(`/source/task/${id}`))).toBe(`/tasks/${id}`)
    expect(placeTitle(parsePlace(`/source/visit/${id}`))).toBe('Visit')
  })
})
