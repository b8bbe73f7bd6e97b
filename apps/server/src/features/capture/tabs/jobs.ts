import { Id, list, shape } from '@cairn/api/shapes'
import { job } from '../../../kernel/jobs/definition.ts'
import type { TabService } from './service.ts'

/** Visits came in: the tabs that they were in stand there now. */
export const followJob = (service: Pick<TabService, 'follow'>) =>
  job({
    type: 'tabs.follow',
    input: shape({ tabs: list(Id) }),
    quiet: true,
    upkeep: true,
    async run({ scope, input, signal }) {
      let followed = 0
      for (const id of input.tabs) {
        signal.throwIfAborted()
        if (await service.follow(scope, id)) followed++
      }
      return { followed }
    },
  })
