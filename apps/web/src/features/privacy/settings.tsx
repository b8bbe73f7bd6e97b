/** Erasing for good and how long things are kept: parts of the privacy settings. */
import type { Receipt, RetentionRule } from '@cairn/api/privacy'
import { createSignal, For, Show } from 'solid-js'
import { api } from '../../lib/api.ts'
import { full, plural } from '../../lib/format.ts'
import { usePages, useRead } from '../../lib/queries.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure, Waiting } from '../../ui/empty.tsx'
import { Select } from '../../ui/fields.tsx'
import { attempt, say } from '../../ui/notices.tsx'
import { Row, Rows, Section } from '../settings/parts/section.tsx'
import { ReceiptView } from './receipt.tsx'
import { openErase } from './state.ts'
import { linesOf, ruleName, scopeOf } from './words.ts'

export function EraseSettings() {
  const receipts = usePages('privacy', 'listReceipts', () => ({ limit: 10 }))
  const [shown, setShown] = createSignal<Receipt | null>(null)
  return (
    <Section
      title="Erase for good"
      note="A site, some days, a thread, a tab or everything, out of every table and file. A search afterwards proves it, and a receipt says what it found."
      action={
        <Button look="danger" onClick={() => openErase()}>
          Erase…
        </Button>
      }
    >
      <Rows>
        <For
          each={receipts.items()}
          fallback={<li class="bg-canvas px-3 py-3 text-sm text-dim">Nothing has been erased here.</li>}
        >
          {(receipt) => (
            <Row>
              <div class="min-w-0 flex-1">
                <p class="text-sm font-medium">{scopeOf(receipt)}</p>
                <p class="text-xs text-dim">
                  {full(receipt.asked_at)} · {stateOf(receipt)}
                </p>
              </div>
              <Button size="sm" aria-label={`Receipt of ${full(receipt.asked_at)}`} onClick={() => setShown(receipt)}>
                Receipt
              </Button>
            </Row>
          )}
        </For>
      </Rows>
      <Show when={receipts.query.hasNextPage}>
        <Button size="sm" look="quiet" class="mt-2" onClick={receipts.more}>
          Older ones
        </Button>
      </Show>
      <Show when={shown()}>
        {(receipt) => (
          <Dialog open={true} reading onClose={() => setShown(null)} title="Receipt">
            <ReceiptView receipt={receipt()} />
          </Dialog>
        )}
      </Show>
    </Section>
  )
}

function stateOf({ status, proof, left }: Receipt): string {
  if (status === 'running') return 'being erased'
  if (left.length > 0) return 'erased, with something still to go'
  return proof?.clean ? 'erased, and found nowhere' : 'erased, and still found in some places'
}

export function RetentionSettings() {
  const rules = useRead('privacy', 'retention', () => ({}))
  const due = () => rules.data?.items.some((rule) => linesOf([partOf(rule)]).length > 0) ?? false
  const apply = async () => {
    const done = await attempt(() => api.privacy.applyRetention())
    if (done) say({ text: 'Clearing what is old', detail: 'It is a job like any other.' })
  }
  return (
    <Section
      title="How long things are kept"
      note="What is older goes each night."
      action={
        <Button disabled={!due()} onClick={() => void apply()}>
          Clear now
        </Button>
      }
    >
      <Show when={!rules.isError} fallback={<Failure error={rules.error} small />}>
        <Show when={rules.data} fallback={<Waiting lines={4} />}>
          {(data) => (
            <Rows>
              <For each={data().items}>{(rule) => <RuleRow rule={rule} />}</For>
            </Rows>
          )}
        </Show>
      </Show>
    </Section>
  )
}

const partOf = ({ feature, due }: RetentionRule) => ({ feature, counts: due })
const spans = [1, 7, 30, 90, 180, 365, 730, 1_825]
const spanName = (days: number) => (days % 365 === 0 ? plural(days / 365, 'year') : plural(days, 'day'))

function RuleRow(props: { rule: RetentionRule }) {
  const days = () => props.rule.days
  const options = () => {
    const own = days()
    const all = [...new Set([...spans, ...(own === null ? [] : [own])])].sort((a, b) => a - b)
    return [...all.map((each) => ({ value: String(each), label: spanName(each) })), { value: '', label: 'For ever' }]
  }
  const change = (value: string) =>
    void attempt(() => api.privacy.setRetention({ rule: props.rule.rule, days: value === '' ? null : Number(value) }))
  const due = () => linesOf([partOf(props.rule)]).join(', ')
  return (
    <Row>
      <div class="min-w-0 flex-1">
        <p class="text-sm font-medium">{ruleName(props.rule)}</p>
        <p class="text-xs text-dim">
          {days() === null ? 'Nothing goes by its age.' : due() ? `Now would go: ${due()}.` : 'Nothing is older.'}
        </p>
      </div>
      <Select
        class="w-32"
        hideLabel
        label={`Keep: ${ruleName(props.rule)}`}
        value={days() === null ? '' : String(days())}
        options={options()}
        onChange={(event) => change(event.currentTarget.value)}
      />
    </Row>
  )
}
