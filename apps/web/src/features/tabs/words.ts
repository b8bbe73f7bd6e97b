import type { Tab } from '@cairn/api/tabs'

/** What a tab is called: its title, else its address. */
export const tabName = (tab: Tab) => tab.current_title ?? tab.current_url?.replace(/^https?:\/\//, '') ?? 'Empty tab'
