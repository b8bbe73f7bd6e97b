/** How roots travel: folder and name. They come in where they are named and the folder is there: they are looked at anew. */
import { CairnError } from '@cairn/api/errors'
import { id, linesOf, loose, text, time } from '../../../kernel/portable/line.ts'
import { type Fault, type Portable, portable } from '../../../kernel/portable/portable.ts'
import type { makeRootService } from './service.ts'

export const portableRoots = (
  service: Pick<ReturnType<typeof makeRootService>, 'inspect' | 'create' | 'byId'>,
): Portable =>
  portable(
    {
      ...{ component: 'roots', table: 'root', key: ['id'], time: 'updated_at', newest: false },
      columns: { id, path: text(4_096, 1), name: text(255, 1), created_at: loose(time), updated_at: loose(time) },
      event: 'root.created',
    },
    {
      ...{ personal: true, named: true },
      async bring(scope, { text: lines }) {
        const faults: Fault[] = []
        let [created, skipped] = [0, 0]
        for (const { id: root, path, name } of linesOf(lines) as Record<'id' | 'path' | 'name', string>[]) {
          const known = await service.byId(scope, root)
          try {
            const place = await service.inspect(scope, { id: root, path, name })
            await scope.write((tx) => service.create(tx, place))
            if (known) skipped += 1
            else created += 1
          } catch (error) {
            if (!(error instanceof CairnError) || error.status >= 500) throw error
            faults.push({ id: root, reason: error.title })
          }
        }
        return { created, updated: 0, skipped, failed: faults.length, faults }
      },
    },
  )
