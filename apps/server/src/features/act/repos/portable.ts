/** How registered repositories travel. They come in where they are named: git has to find them below a root again. */
import { CairnError } from '@cairn/api/errors'
import { Check, PatchBudget, RepoOperation } from '@cairn/api/repos'
import { list } from '@cairn/api/shapes'
import { id, json, linesOf, loose, text, time } from '../../../kernel/portable/line.ts'
import { type Fault, type Portable, portable } from '../../../kernel/portable/portable.ts'
import type { makeRepoService } from './service.ts'

type Given = {
  id: string
  name: string
  root_path: string
  allowed_ops: RepoOperation[]
  checks: Check[]
  budget: PatchBudget
}

export const portableRepos = (
  service: Pick<ReturnType<typeof makeRepoService>, 'inspect' | 'create' | 'byIds'>,
): Portable =>
  portable(
    {
      ...{ component: 'repos', table: 'repos', key: ['id'], time: 'updated_at', newest: false },
      columns: {
        ...{ id, name: text(255, 1), root_path: text(4_096, 1), allowed_ops: json(list(RepoOperation)) },
        ...{ checks: json(list(Check, { maxItems: 100 })), budget: json(PatchBudget) },
        ...{ created_at: loose(time), updated_at: loose(time) },
      },
      event: 'repo.registered',
    },
    {
      ...{ personal: true, named: true },
      async bring(scope, { text: lines }) {
        const faults: Fault[] = []
        let [created, skipped] = [0, 0]
        for (const { id: repo, name, root_path: path, allowed_ops, checks, budget } of linesOf(lines) as Given[]) {
          const known = (await service.byIds(scope, [repo])).length > 0
          try {
            const asked = { id: repo, name, path, allowed_operations: allowed_ops, checks, budget }
            const found = await service.inspect(scope, asked)
            await scope.write((tx) => service.create(tx, found))
            if (known) skipped += 1
            else created += 1
          } catch (error) {
            if (!(error instanceof CairnError) || error.status >= 500) throw error
            faults.push({ id: repo, reason: error.title })
          }
        }
        return { created, updated: 0, skipped, failed: faults.length, faults }
      },
    },
  )
