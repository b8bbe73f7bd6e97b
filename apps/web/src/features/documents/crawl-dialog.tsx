import { createSignal, Show } from 'solid-js'
import { api, type Trouble, troubleOf } from '../../lib/api.ts'
import { zone } from '../../lib/format.ts'
import { go } from '../../lib/layout.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Select, Switch, TextArea, TextField } from '../../ui/fields.tsx'
import { closeCrawl, crawling } from './state.ts'

const often = [
  { value: '', label: 'Once' },
  { value: '24', label: 'Every day' },
  { value: '168', label: 'Every week' },
] as const

/** Has pages fetched and kept as documents. */
export default function CrawlDialog() {
  const [seeds, setSeeds] = createSignal('')
  const [query, setQuery] = createSignal('')
  const [depth, setDepth] = createSignal('2')
  const [pages, setPages] = createSignal('50')
  const [same, setSame] = createSignal(true)
  const [every, setEvery] = createSignal('')
  const [at, setAt] = createSignal('07:00')
  const [trouble, setTrouble] = createSignal<Trouble | null>(null)
  const [busy, setBusy] = createSignal(false)
  const start = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    setTrouble(null)
    try {
      await api.crawls.start({
        seeds: addresses(seeds()),
        query: query().trim(),
        depth: Number(depth()),
        pages: Number(pages()),
        same_site: same(),
        ...(every() && { every_hours: Number(every()), at: at(), time_zone: zone }),
      })
      closeCrawl()
      go({ kind: 'documents', q: '' }, { keep: true })
    } catch (error) {
      setTrouble(troubleOf(error))
    }
    setBusy(false)
  }
  return (
    <Dialog
      open={crawling()}
      onClose={closeCrawl}
      title="Fetch pages"
      description="Pages are fetched from where they are, as their robots.txt allows, and kept as documents."
    >
      <form class="flex flex-col gap-3" onSubmit={(event) => void start(event)}>
        <TextArea
          label="Begin at"
          placeholder="https://docs.example.org/"
          hint="One address in each line."
          rows={2}
          required
          value={seeds()}
          onInput={(event) => setSeeds(event.currentTarget.value)}
        />
        <TextField
          label="Looking for"
          placeholder="lease renewal"
          hint="Links that have to do with it are followed first."
          maxLength={1_000}
          value={query()}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <div class={`grid grid-cols-2 gap-3 ${every() ? 'sm:grid-cols-4' : 'sm:grid-cols-3'}`}>
          <TextField
            label="Pages at most"
            type="number"
            min={1}
            max={10_000}
            required
            value={pages()}
            onInput={(event) => setPages(event.currentTarget.value)}
          />
          <TextField
            label="Links deep"
            type="number"
            min={0}
            max={10}
            required
            value={depth()}
            onInput={(event) => setDepth(event.currentTarget.value)}
          />
          <Select
            label="How often"
            value={every()}
            options={often}
            onChange={(event) => setEvery(event.currentTarget.value)}
          />
          <Show when={every()}>
            <TextField
              label="At"
              type="time"
              required
              value={at()}
              onInput={(event) => setAt(event.currentTarget.value)}
            />
          </Show>
        </div>
        <Switch label="Stay on these sites" checked={same()} onChange={setSame} />
        <Show when={trouble()}>
          {(one) => (
            <p role="alert" class="text-sm text-bad">
              {one().title}. {one().detail}
            </p>
          )}
        </Show>
        <div class="flex justify-end gap-2">
          <Button onClick={closeCrawl}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy() || addresses(seeds()).length === 0}>
            Fetch
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** What is written without a scheme is meant with https. */
const addresses = (text: string) =>
  text
    .split(/\s+/)
    .filter(Boolean)
    .map((one) => (/^[a-z]+:\/\//i.test(one) ? one : `https://${one}`))
