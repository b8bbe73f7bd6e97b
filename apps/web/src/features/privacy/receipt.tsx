import type { Receipt } from '@cairn/api/privacy'
import Check from 'lucide-solid/icons/check'
import TriangleAlert from 'lucide-solid/icons/triangle-alert'
import { For, type JSX, Show } from 'solid-js'
import { bytes, full, number, plural } from '../../lib/format.ts'
import { Safe } from '../../ui/safe.tsx'
import { linesOf, scopeOf } from './words.ts'

/** What was erased, and what a search afterwards found. */
export function ReceiptView(props: { receipt: Receipt }) {
  const lines = () => linesOf(props.receipt.removed)
  return (
    <div class="flex flex-col gap-3 text-sm">
      <p class="text-dim">
        {scopeOf(props.receipt)}, asked for {full(props.receipt.asked_at)}
        <Show when={props.receipt.finished_at}>{(at) => <>, done {full(at())}</>}</Show>. The receipt does not name what
        it was.
      </p>
      <Part title="Removed">
        <ul class="list-disc pl-5">
          <For each={lines()} fallback={<li>Nothing: there was none of it.</li>}>
            {(line) => <li>{line}</li>}
          </For>
        </ul>
      </Part>
      <Show when={props.receipt.proof}>
        {(proof) => (
          <Part title="Proof">
            <p class={`flex items-start gap-1.5 ${proof().clean ? 'text-good' : 'text-warn'}`}>
              <Show when={proof().clean} fallback={<TriangleAlert size={14} class="mt-0.5 shrink-0" />}>
                <Check size={14} class="mt-0.5 shrink-0" />
              </Show>
              {proof().clean ? 'Found nowhere.' : 'Found in some places:'}
            </p>
            <ul class="list-disc pl-5">
              <For each={proof().found}>
                {(finding) => (
                  <li>
                    <Safe text={finding.where} />, {plural(finding.times, 'time')}.{' '}
                    {finding.reason ?? 'Nothing of Cairn explains it.'}
                  </li>
                )}
              </For>
            </ul>
            <p class="text-xs text-dim">
              Looked for {plural(proof().marks, 'identifying text')} in {plural(proof().tables, 'table')} and{' '}
              {plural(proof().files, 'file')} ({bytes(proof().bytes)}).
            </p>
          </Part>
        )}
      </Show>
      <Show when={props.receipt.left.length > 0}>
        <Part title="Still to go">
          <ul class="list-disc pl-5">
            <For each={props.receipt.left}>
              {(left) => (
                <li>
                  {left.part} ({number(left.count)}): {left.reason}
                </li>
              )}
            </For>
          </ul>
        </Part>
      </Show>
      <Show when={props.receipt.copies.length > 0}>
        <Part title="Copies made before">
          <p>They are not changed. What was erased goes with them:</p>
          <ul class="list-disc pl-5">
            <For each={props.receipt.copies}>
              {(copy) => (
                <li>
                  <Safe text={copy.name} />, {bytes(copy.bytes)}, of {full(copy.made_at)}
                </li>
              )}
            </For>
          </ul>
        </Part>
      </Show>
    </div>
  )
}

function Part(props: { title: string; children: JSX.Element }) {
  return (
    <section class="flex flex-col gap-1">
      <h3 class="text-xs font-medium text-dim">{props.title}</h3>
      {props.children}
    </section>
  )
}
