/** Notices that a repository's refs move, by watching the folders that git writes to. */
import { type FSWatcher, watch } from 'node:fs'
import { type GitDir, refFolders, tellsOfRef } from './gitdir.ts'

const quietMilliseconds = 300

/** Calls `moved` a moment after the last sign. What cannot be watched is looked at by the next scan. */
export function watchRefs(gitDir: GitDir, moved: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const watchers = refFolders(gitDir).flatMap((folder): FSWatcher[] => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name !== null && !tellsOfRef(folder, name, gitDir)) return
        clearTimeout(timer)
        timer = setTimeout(moved, quietMilliseconds).unref()
      })
      // A folder that goes takes its watch with it.
      watcher.on('error', () => watcher.close())
      return [watcher]
    } catch {
      return []
    }
  })
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
