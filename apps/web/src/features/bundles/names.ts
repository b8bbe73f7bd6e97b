/** What parts of a bundle are called. */
const known: Record<string, string> = {
  threads: 'Threads',
  messages: 'Messages',
  thread_heads: 'Branches that are shown',
  thread_links: 'What threads have to do with',
  memory_versions: 'Earlier versions of memories',
  memories: 'Memories',
  memory_audit: 'What happened to memories',
  tasks: 'Tasks',
  task_events: 'What happened to tasks',
  visits: 'Browser history',
  page_texts: 'Text of pages',
  tabs: 'Open tabs',
  bookmark_folders: 'Folders of bookmarks',
  bookmarks: 'Bookmarks',
  documents: 'Documents',
  document_versions: 'Versions of documents',
  capture_pauses: 'Pauses of capture',
  capture_texts: 'Sites whose text is kept or not',
  model_providers: 'Providers of models, without keys',
  model_routes: 'Routes to models',
  roots: 'Folders that may be read',
  repos: 'Registered repositories',
}

export const partName = (component: string) => known[component] ?? component.replaceAll('_', ' ')

/** Parts that belong together are chosen together. */
export const groups: { title: string; parts: string[] }[] = [
  { title: 'Threads', parts: ['threads', 'messages', 'thread_heads', 'thread_links'] },
  { title: 'Memories', parts: ['memory_versions', 'memories', 'memory_audit'] },
  { title: 'Tasks', parts: ['tasks', 'task_events'] },
  { title: 'Browser history', parts: ['visits', 'page_texts', 'tabs'] },
  { title: 'Bookmarks', parts: ['bookmark_folders', 'bookmarks'] },
  { title: 'Documents', parts: ['documents', 'document_versions'] },
  {
    title: 'Settings',
    parts: ['capture_pauses', 'capture_texts', 'model_providers', 'model_routes', 'roots', 'repos'],
  },
]
