import { createMemo, createSignal, Match, Show, Switch } from 'solid-js'
import { api, type Input } from '../../../lib/api.ts'
import { plural, shortDate } from '../../../lib/format.ts'
import { makeOld, useRead } from '../../../lib/queries.ts'
import { Button } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { attempt, say } from '../../../ui/notices.tsx'
import { makeScopeChoice, ScopeFields } from '../../../ui/scope-fields.tsx'

/** Removes visits for good: of a site, of some days, or all. What would go is counted first. */
export function DeleteDialog(props: { site: string; onClose: () => void }) {
  const choice = makeScopeChoice({ kind: props.site ? 'site' : 'period', site: props.site })
  const [busy, setBusy] = createSignal(false)

  const wanted = createMemo<Input<'browser', 'removeHistory'> | null>(() => {
    if (choice.kind() === 'site') return choice.site() ? { domain: choice.site() } : null
    return choice.kind() === 'period' ? choice.period() : { all: true }
  })
  const preview = useRead('browser', 'listSites', () => {
    const asked = wanted()
    if (!asked) return null
    const { domain, from: start, to: end } = asked
    return { limit: 3, ...(domain && { domain }), ...(start && { from: start }), ...(end && { to: end }) }
  })
  const visits = () => preview.data?.total.visits ?? 0
  const remove = async () => {
    const asked = wanted()
    if (!asked) return
    setBusy(true)
    const done = await attempt(() => api.browser.removeHistory(asked))
    setBusy(false)
    if (!done) return
    makeOld(['browser', 'overview', 'search'])
    const { removed } = done
    if (removed)
      say({ text: `${plural(removed.visits, 'visit')} removed`, detail: 'They are gone from search as well.' })
    else say({ text: 'Removing visits', detail: 'There are many of them. Jobs shows how far it is.' })
    props.onClose()
  }
  return (
    <Dialog
      open={true}
      onClose={props.onClose}
      title="Delete history"
      description="What is deleted here is gone from Cairn: rows, index and all. Your browser keeps its own."
    >
      <div class="flex flex-col gap-3">
        <ScopeFields choice={choice} siteLabel="One site and its subdomains" />
        <p class="rounded-md bg-inset px-3 py-2.5 text-sm" role="status">
          <Switch fallback={<span class="text-dim">Say what, and this line counts what would go.</span>}>
            <Match when={wanted() && preview.isPending}>
              <span class="text-dim">Counting…</span>
            </Match>
            <Match when={wanted() && preview.isError}>
              <span class="text-bad">That could not be counted.</span>
            </Match>
            <Match when={wanted() && preview.data}>
              {(found) => (
                <>
                  <b>{plural(found().total.visits, 'visit')}</b> of {plural(found().total.sites, 'site')} would go
                  <Show when={found().items.length > 0}>
                    :{' '}
                    {found()
                      .items.map((one) => `${one.site} (${one.visits})`)
                      .join(', ')}
                    {found().total.sites > 3 ? ' …' : ''}
                  </Show>
                  .
                  <Show when={choice.kind() === 'site' && found().items[0]}>
                    {(one) => (
                      <span class="text-dim"> First seen {shortDate(Date.parse(one().first_seen), Date.now())}.</span>
                    )}
                  </Show>
                </>
              )}
            </Match>
          </Switch>
        </p>
        <div class="flex justify-end gap-2">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button look="danger" disabled={busy() || !wanted() || visits() === 0} onClick={() => void remove()}>
            Delete {visits() > 0 ? plural(visits(), 'visit') : ''}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
