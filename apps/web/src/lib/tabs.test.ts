import { describe, expect, it } from 'vitest'
import {
  changeTab,
  closeOthers,
  closeTab,
  moveTab,
  neighbourTab,
  noTabs,
  openTab,
  reopenTab,
  restoreTabs,
  type Tabs,
  turnTab,
} from './tabs.ts'

const urls = (tabs: Tabs) => tabs.open.map((tab) => tab.url)
const from = (...addresses: string[]) => addresses.reduce((tabs, url) => openTab(tabs, url, true), noTabs)

describe('tabs', () => {
  it('open beside the active one and become active', () => {
    const tabs = openTab({ ...from('/', '/search', '/jobs'), active: 'home' }, '/history', true)
    expect(urls(tabs)).toEqual(['/', '/history', '/search', '/jobs'])
    expect(tabs.active).toBe('history')
  })

  it('show a known place where it is, at its new address', () => {
    const tabs = openTab(from('/files/a/b.ts', '/'), '/files/a/b.ts#L9')
    expect(urls(tabs)).toEqual(['/files/a/b.ts#L9', '/'])
    expect(tabs.active).toBe('file:a/b.ts')
  })

  it('opened in passing replace one another until one is kept', () => {
    let tabs = openTab(openTab(from('/'), '/files/a/1.ts'), '/files/a/2.ts')
    expect(urls(tabs)).toEqual(['/', '/files/a/2.ts'])
    tabs = openTab(changeTab(tabs, 'file:a/2.ts', { passing: false }), '/files/a/3.ts')
    expect(urls(tabs)).toEqual(['/', '/files/a/2.ts', '/files/a/3.ts'])
  })

  it('hand over to the neighbour when closed, and come back', () => {
    const tabs = closeTab({ ...from('/', '/search', '/jobs'), active: 'search' }, 'search')
    expect(tabs.active).toBe('jobs')
    expect(closeTab(tabs, 'jobs').active).toBe('home')
    expect(closeTab(from('/'), 'home').active).toBeNull()
    expect(urls(reopenTab(tabs))).toContain('/search')
    expect(closeTab(tabs, 'nothing')).toBe(tabs)
  })

  it('close all but one', () => {
    expect(urls(closeOthers(from('/', '/search', '/jobs'), 'search'))).toEqual(['/search'])
  })

  it('go around at both ends', () => {
    const tabs = { ...from('/', '/search', '/jobs'), active: 'home' }
    expect(neighbourTab(tabs, -1)?.key).toBe('jobs')
    expect(neighbourTab(tabs, 1)?.key).toBe('search')
    expect(neighbourTab(noTabs, 1)).toBeUndefined()
  })

  it('become another place where they stand', () => {
    const turned = turnTab({ ...from('/', '/ask', '/jobs'), active: 'thread:new' }, 'thread:new', '/ask/abc')
    expect(urls(turned)).toEqual(['/', '/ask/abc', '/jobs'])
    expect(turned.active).toBe('thread:abc')
    expect(turnTab({ ...from('/', '/ask'), active: 'home' }, 'thread:new', '/ask/abc').active).toBe('home')
    const both = from('/ask', '/ask/abc')
    expect(turnTab(both, 'thread:new', '/ask/abc')).toBe(both)
  })

  it('can be moved, never beyond the ends', () => {
    expect(urls(moveTab(from('/', '/search', '/jobs'), 'home', 99))).toEqual(['/search', '/jobs', '/'])
    expect(urls(moveTab(from('/', '/search', '/jobs'), 'jobs', -4))).toEqual(['/jobs', '/', '/search'])
  })

  it('are restored as they were, without what is broken or double', () => {
    const tabs = from('/', '/files/a/b.ts')
    expect(restoreTabs(JSON.parse(JSON.stringify(tabs)))).toEqual({ ...tabs, closed: [] })
    const twice = {
      open: [...tabs.open, ...tabs.open, { key: 'x' }, null, { ...tabs.open[0], key: 'forged' }],
      active: 7,
    }
    expect(restoreTabs(twice)).toEqual({ open: tabs.open, active: null, closed: [] })
    for (const odd of [null, 1, 'x', [], {}, { open: 'no' }]) expect(restoreTabs(odd)).toEqual(noTabs)
  })
})
