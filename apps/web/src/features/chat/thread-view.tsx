/** A conversation: its turns, the answer on its way, and where the next question is typed. */
import type { PathMessage } from '@cairn/api/threads'
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show, untrack } from 'solid-js'
import { usePages, useRead } from '../../lib/queries.ts'
import { showBranch } from '../threads/state.ts'
import { Button } from '../../ui/button.tsx'
import { Failure, Waiting } from '../../ui/empty.tsx'
import { makeFileDrop } from '../../ui/file-drop.ts'
import { makeNear } from '../../ui/near.ts'
import { WhenNear } from '../../ui/when-near.tsx'
import { makeAttachings } from './attaching.ts'
import { Attached } from './parts/attached.tsx'
import { Composer } from './parts/composer.tsx'
import { Branches } from './parts/branches.tsx'
import { Actions, Answer, ExtractLabel, Origin, Question } from './parts/message.tsx'
import { Related } from './parts/related.tsx'
import { Remembered } from './parts/remembered.tsx'
import { Suggested } from './parts/suggested.tsx'
import { placesOf, type Stretch, stretchesOf, usualTurn } from './stretches.ts'
import { ask, type Cut, drop, type Flight, flightOf, isFlying, type Surface, stop } from './state.ts'

type ThreadViewProps = {
  thread: string | null
  /** The turn to show, from a link to it. */
  message?: string | null
  surface: Surface
  active: boolean
  /** Shown while nothing was asked yet. */
  welcome: JSX.Element
}

const questionKey = (flight: Flight) => flight.questionId ?? `question ${flight.id}`
const answerKey = (flight: Flight) => flight.answerId ?? `answer ${flight.id}`

export function ThreadView(props: ThreadViewProps) {
  let scroller: HTMLDivElement | undefined
  let content: HTMLDivElement | undefined
  const attachings = makeAttachings()
  const files = makeFileDrop(attachings.add)
  const pages = usePages('threads', 'path', () => (props.thread ? { thread_id: props.thread, limit: 200 } : null))
  const flight = () => flightOf(props.thread, props.surface)
  const stored = createMemo(() => {
    const items = pages.items()
    return untrack(() => said(items))
  })
  // A turn keeps its key, and with it its elements, while it goes from on its way to stored.
  const keys = createMemo(() => {
    const flying = flight()
    const all = upTo([...stored().keys()], flying)
    return [...new Set(flying ? [...all, questionKey(flying), answerKey(flying)] : all)]
  })
  const stretches = createMemo<Stretch[]>((before) => {
    const [all, messages] = [keys(), stored()]
    return untrack(() => stretchesOf(all, messages, before))
  }, [])
  const { near, ids } = makeNear(() => scroller)
  createEffect(() => {
    const [seen, items] = [ids(), pages.items()]
    untrack(() => pages.see(placesOf(seen, items)))
  })
  const empty = () => keys().length === 0 && (props.thread === null || pages.query.isSuccess)

  const elsewhere = () => {
    const wanted = props.message
    const searched = pages.query.isSuccess && !pages.query.hasNextPage && !pages.query.isFetching
    return wanted && searched && !stored().has(wanted) && !isFlying(flight()) ? wanted : null
  }

  // The end stays in view while an answer grows, unless the reader has scrolled up.
  const [following, setFollowing] = createSignal(true)
  const toEnd = () => following() && scroller?.scrollTo({ top: scroller.scrollHeight })
  createEffect(() => {
    if (!content) return
    const watcher = new ResizeObserver(toEnd)
    watcher.observe(content)
    onCleanup(() => watcher.disconnect())
  })
  createEffect(
    on(
      () => [props.thread, flight()?.id],
      () => setFollowing(!props.message || isFlying(flight())),
    ),
  )
  createEffect(() => {
    const wanted = props.message
    if (wanted && !stored().has(wanted) && !pages.query.isFetching) pages.more()
  })
  createEffect(() => {
    const wanted = props.message
    if (!wanted || !stored().has(wanted)) return
    setFollowing(false)
    requestAnimationFrame(() => document.getElementById(wanted)?.scrollIntoView({ block: 'start' }))
  })
  // At the very top browsers do not hold on to what is seen when something comes above it.
  let heightBefore = 0
  createEffect(
    on(
      createMemo(() => pages.items().length),
      () => {
        if (scroller?.scrollTop === 0 && heightBefore > 0) scroller.scrollTop = scroller.scrollHeight - heightBefore
        heightBefore = 0
      },
    ),
  )
  const scrolled = () => {
    if (!scroller) return
    setFollowing(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40)
    if (following() || scroller.scrollTop > 1_500 || !pages.query.hasNextPage) return
    heightBefore = scroller.scrollHeight
    pages.more()
  }
  return (
    <div
      class="flex min-h-0 flex-1 flex-col"
      classList={{ 'outline-2 -outline-offset-4 outline-accent outline-dashed': files.over() }}
      {...files.on}
    >
      <div ref={scroller} class="min-h-0 flex-1 overflow-y-auto" onScroll={scrolled}>
        <div ref={content} class="mx-auto flex max-w-188 flex-col gap-5 px-4 py-5" role="log" aria-label="Conversation">
          <Show when={props.thread !== null && pages.query.isPending && !flight()}>
            <Waiting />
          </Show>
          <Show when={pages.query.isError && pages.query.error}>{(error) => <Failure error={error()} />}</Show>
          <Show when={pages.query.hasNextPage}>
            <Button class="self-center" look="quiet" onClick={pages.more}>
              Earlier turns
            </Button>
          </Show>
          <For each={stretches()}>
            {(stretch, at) => (
              <WhenNear
                id={stretch.id}
                near={near}
                usual={stretch.keys().length * usualTurn}
                class="flex flex-col gap-5"
                always={at() === stretches().length - 1 || stretch.keys().includes(props.message ?? '')}
              >
                <For each={stretch.keys()}>
                  {(key) => (
                    <Turn
                      id={key}
                      message={stored().get(key)}
                      flight={flight()}
                      marked={key === props.message}
                      answers={stored().get(stored().get(key)?.parent_id ?? '')?.role === 'user'}
                      surface={props.surface}
                    />
                  )}
                </For>
              </WhenNear>
            )}
          </For>
          <Show when={flight()}>{(one) => <Ending flight={one()} />}</Show>
          <Show when={elsewhere()}>
            {(wanted) => (
              <p class="text-sm text-dim">
                That message is on another branch of this thread.{' '}
                <button
                  type="button"
                  class="text-accent-ink underline underline-offset-2"
                  onClick={() => void showBranch(props.thread as string, wanted())}
                >
                  Show it
                </button>
              </p>
            )}
          </Show>
          <Show when={!isFlying(flight()) && props.thread}>{(thread) => <Related thread={thread()} />}</Show>
          <Show when={empty()}>{props.welcome}</Show>
        </div>
      </div>
      <div class="mx-auto w-full max-w-188 px-4 pb-4">
        <Composer
          busy={isFlying(flight())}
          attachings={attachings}
          beside={props.surface === 'panel'}
          focus={props.active && props.surface === 'page' && props.thread === null}
          onSend={(question) => void ask({ ...question, thread: props.thread, surface: props.surface })}
          onStop={() => {
            const flying = flight()
            if (flying) stop(flying)
          }}
        />
      </div>
    </div>
  )
}

/** What people and models said, the oldest first. What is looked at here of a message never changes. */
function said(items: readonly PathMessage[]): Map<string, PathMessage> {
  const messages = new Map<string, PathMessage>()
  for (const message of items.toReversed())
    if (message.role === 'user' || message.role === 'assistant') messages.set(message.id, message)
  return messages
}

/** The turns that stay while another branch of them is being written. */
function upTo(ids: string[], flight: Flight | undefined): string[] {
  const cut = isFlying(flight) || flight?.state === 'done' ? flight?.cut : null
  const at = cut ? ids.indexOf(cut.at) : -1
  return cut && at >= 0 ? ids.slice(0, cut.keep ? at + 1 : at) : ids
}

type TurnProps = {
  id: string
  message: PathMessage | undefined
  flight: Flight | undefined
  marked: boolean
  /** Does it answer a question that is shown? */
  answers: boolean
  surface: Surface
}

function Turn(props: TurnProps) {
  const busy = () => isFlying(props.flight)
  const attachments = () => props.message?.attachments ?? props.flight?.attachments ?? []
  const branch = (message: string, cut: Cut) =>
    void ask({
      ...{ thread: props.message?.thread_id ?? null, message, surface: props.surface, cut },
      attachments: attachments(),
    })
  const asking = () => props.flight !== undefined && props.id === questionKey(props.flight)
  const answering = () => (props.flight && props.id === answerKey(props.flight) ? props.flight : undefined)
  return (
    <div class="rounded-lg" classList={{ 'outline-2 outline-offset-8 outline-accent/50': props.marked }}>
      <Show
        when={asking() || props.message?.role === 'user'}
        fallback={
          <Show when={answering()?.text || props.message}>
            <Answer
              id={props.id}
              text={answering()?.text || (props.message?.content ?? '')}
              citations={props.message?.citations ?? answering()?.citations ?? []}
              streaming={isFlying(answering())}
              label={
                <Show when={props.message} fallback={<Presumed />}>
                  {(message) => <Origin message={message()} />}
                </Show>
              }
              after={
                <Show when={props.message}>
                  {(message) => (
                    <div class="mt-2 flex items-center gap-0.5">
                      <Branches message={message()} disabled={busy()} />
                      <Actions
                        message={message()}
                        onAgain={
                          props.answers && !busy()
                            ? () => branch('', { at: message().parent_id as string, keep: true })
                            : undefined
                        }
                      />
                    </div>
                  )}
                </Show>
              }
            />
          </Show>
        }
      >
        <Question
          id={props.id}
          text={props.message?.content ?? props.flight?.question ?? ''}
          time={props.message?.created_at}
          onEdit={props.message && !busy() ? (words) => branch(words, { at: props.id, keep: false }) : undefined}
          after={<Show when={props.message}>{(message) => <Branches message={message()} disabled={busy()} />}</Show>}
          above={<Attached documents={attachments()} />}
          below={
            <Show when={props.message}>
              {(message) => (
                <>
                  <Remembered thread={message().thread_id} message={message().id} />
                  <Suggested thread={message().thread_id} message={message().id} />
                </>
              )}
            </Show>
          }
        />
      </Show>
    </div>
  )
}

/** While an answer is on its way, what it will be called once it is stored. */
function Presumed() {
  const routes = useRead('models', 'routes', () => ({}))
  return (
    <Show when={routes.data?.chat.length === 0}>
      <ExtractLabel />
    </Show>
  )
}

/** What stands below the last turn: that it is being looked for, that it was stopped, or why it failed. */
function Ending(props: { flight: Flight }) {
  const again = () => {
    const { id, thread, question, attachments, surface, cut } = props.flight
    drop(id)
    void ask({ thread, message: question, attachments, surface, cut })
  }
  const searching = () => isFlying(props.flight) && !props.flight.text
  return (
    <>
      <Show when={searching()}>
        <p class="flex items-center gap-2 text-sm text-dim" role="status">
          <span class="size-1.5 animate-breathe rounded-full bg-accent" />
          {props.flight.citations.length > 0
            ? `Reading ${props.flight.citations.length} passages…`
            : 'Looking through your sources…'}
        </p>
      </Show>
      <Show when={props.flight.state === 'stopped'}>
        <p class="text-sm text-dim">
          Stopped.{' '}
          <button type="button" class="text-accent-ink underline underline-offset-2" onClick={again}>
            Ask again
          </button>
        </p>
      </Show>
      <Show when={props.flight.trouble}>
        {(trouble) => (
          <div role="alert" class="rounded-lg bg-bad-soft px-3.5 py-2.5 text-sm">
            <p class="font-medium text-bad">{trouble().title}</p>
            <p class="mt-0.5 text-ink">{trouble().detail}</p>
            <Button class="mt-2" size="sm" onClick={again}>
              Ask again
            </Button>
          </div>
        )}
      </Show>
    </>
  )
}
