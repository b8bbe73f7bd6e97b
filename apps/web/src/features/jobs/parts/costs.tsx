import { For, Show } from 'solid-js'
import { duration, number } from '../../../lib/format.ts'
import { useRead } from '../../../lib/queries.ts'
import { jobTitle } from '../../../lib/running.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { Empty, Failure, Waiting } from '../../../ui/empty.tsx'

const dollars = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumFractionDigits: 4 })

/** What the jobs of the last thirty days took, by kind. */
export function Costs(props: { onClose: () => void }) {
  const costs = useRead('jobs', 'costs', () => ({}))
  return (
    <Dialog
      open
      onClose={props.onClose}
      title="What jobs took"
      description="Of the last thirty days, by kind. Calls of models that have no known price are left out of the cost."
      width="max-w-3xl"
      reading
    >
      <Show when={!costs.isError} fallback={<Failure error={costs.error} small />}>
        <Show when={costs.data} fallback={<Waiting />}>
          {(data) => (
            <Show when={data().items.length > 0} fallback={<Empty small title="No job yet" />}>
              <table class="w-full text-sm tabular-nums">
                <thead class="text-left text-xs text-dim">
                  <tr class="border-b border-line [&>th]:py-1.5 [&>th]:font-medium [&>th:not(:first-child)]:text-right">
                    <th scope="col">Kind</th>
                    <th scope="col">Runs</th>
                    <th scope="col">Failed</th>
                    <th scope="col">Time</th>
                    <th scope="col">Tokens</th>
                    <th scope="col">Cost</th>
                  </tr>
                </thead>
                <tbody>
                  <For each={data().items}>
                    {(row) => (
                      <tr class="border-b border-line/60 [&>td]:py-1.5 [&>td]:text-right">
                        <th scope="row" class="text-left font-normal">
                          {jobTitle(row.type)}
                        </th>
                        <td>{number(row.runs)}</td>
                        <td classList={{ 'text-bad': row.failed > 0, 'text-faint': row.failed === 0 }}>
                          {number(row.failed)}
                        </td>
                        <td>{row.seconds < 1 ? '< 1 s' : duration(row.seconds)}</td>
                        <td>{row.calls > 0 ? number(row.input_tokens + row.output_tokens) : '–'}</td>
                        <td>
                          {row.calls === 0
                            ? '–'
                            : row.calls === row.unpriced
                              ? 'not known'
                              : dollars.format(row.cost_usd)}
                        </td>
                      </tr>
                    )}
                  </For>
                </tbody>
              </table>
            </Show>
          )}
        </Show>
      </Show>
    </Dialog>
  )
}
