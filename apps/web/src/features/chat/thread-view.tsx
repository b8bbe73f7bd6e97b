/** A conversation: its turns, the answer on its way, and where the next question is typed. */
import { ApiError } from '@cairn/api/client'
import type { PathMessage } from '@cairn/api/threads'
import {
  batch,
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  on,
  Show,
  untrack,
} from 'solid-js'
import { showBranch } from '../threads/state.ts'
import { Button } from '../../ui/button.tsx'
import { Failure, Waiting } from '../../ui/empty.tsx'
import { makeFileDrop } from '../../ui/file-drop.ts'
import { makeNear } from '../../ui/near.ts'
import { say } from '../../ui/notices.tsx'
import { WhenNear } from '../../ui/when-near.tsx'
import { makeAttachings } from './attaching.ts'
import { Composer } from './parts/composer.tsx'
import { Related } from './parts/related.tsx'
import { Ending, Turn } from './parts/turn.tsx'
import { end, makePlace, start } from './place.ts'
import { useConversation } from './reading.ts'
import { makeScrolling } from './scrolling.ts'
import { type Stretch, stretchesOf, usualTurn } from './stretches.ts'
import { answerKey, ask, type Flight, flightOf, isFlying, questionKey, type Surface, stop } from './state.ts'

type ThreadViewProps = {
  thread: string | null
  /** The turn to show, from a link to it. */
  message?: string | null
  /** The reader has gone elsewhere: the address need not lead to that turn any more. */
  onLeave?: () => void
  /** Rises when the same link is followed again. */
  visit?: number
  surface: Surface
  active: boolean
  /** Shown while nothing was asked yet. */
  welcome: JSX.Element
}

/** Turns from which on a conversation is one to jump in. */
const long = 60
/** Pixels from either end at which more is read. */
const ahead = 1_500

export function ThreadView(props: ThreadViewProps) {
  let scroller: HTMLDivElement | undefined
  let content: HTMLDivElement | undefined
  const attachings = makeAttachings()
  const files = makeFileDrop(attachings.add)
  const flight = () => flightOf(props.thread, props.surface)

  const { place, goal, reached, stand, goTo, turnTo } = makePlace(() => ({
    ...{ thread: props.thread, message: props.message ?? null, visit: props.visit ?? 0 },
  }))
  const leaveFor = (to: string) =>
    batch(() => {
      // A tab in the background keeps its address: changing it would bring the tab to the front.
      if (props.message && props.active) props.onLeave?.()
      goTo(to)
    })
  const conversation = useConversation(() => props.thread, place)
  const { older, newer } = conversation

  const stored = createMemo(() => {
    const items = conversation.items()
    return untrack(() => said(items))
  })
  const [choosing, setChoosing] = createSignal(false)
  /** Is it another branch than the one that is shown? */
  const other = createMemo(() => place() !== null && older.first()?.shown === false)
  /** What is on its way stands behind the newest turn, or behind what it cuts off, wherever that is. */
  const ending = () => {
    const one = flight()
    if (one?.cut && stored().has(one.cut.at)) return one
    return conversation.hasNewer() || (other() && !one?.branch) ? undefined : one
  }
  const hasLater = () => conversation.hasNewer() && !ending()
  // A turn keeps its key, and with it its elements, while it goes from on its way to stored.
  const keys = createMemo(() => {
    const flying = ending()
    const all = upTo([...stored().keys()], flying, conversation.hasNewer())
    return [...new Set(flying ? [...all, questionKey(flying), answerKey(flying)] : all)]
  })
  const stretches = createMemo<Stretch[]>((before) => {
    const [all, messages] = [keys(), stored()]
    return untrack(() => stretchesOf(all, messages, before))
  }, [])
  const { near, ids } = makeNear(() => scroller)
  createEffect(() => {
    const seen = ids()
    conversation.items()
    untrack(() => conversation.see(seen))
  })
  const empty = () => keys().length === 0 && (props.thread === null || older.query.isSuccess)

  const showBranchOf = async (message: string) => {
    setChoosing(true)
    await showBranch(props.thread as string, message)
    setChoosing(false)
    scrolled()
  }
  createEffect(() => {
    const { error } = older.query
    if (place() === null || !(error instanceof ApiError)) return
    if (!['MESSAGE_NOT_FOUND', 'INVALID_INPUT'].includes(error.problem.code)) return
    say({ text: 'That message is not in this thread any more.' })
    leaveFor(end)
  })

  const { following, follow, toEnd, look, holdAtTop } = makeScrolling({
    scroller: () => scroller,
    content: () => content,
  })
  // Whoever goes elsewhere is not taken to the end on the way there.
  createComputed(on(goal, (to) => to !== null && to !== end && follow(false)))
  createEffect(
    on(
      () => [props.thread, flight()?.id] as const,
      ([thread, id], before) => {
        if (thread !== before?.[0]) follow(place() === null)
        else if (id !== before?.[1] && isFlying(flight())) follow(true)
        else if (id !== before?.[1] && following()) stand(null)
      },
    ),
  )
  // What is asked is asked at the end: of the branch that is read, or of the new one that it begins.
  createEffect(
    on([() => flight()?.id, () => flight()?.branch, () => flight()?.questionId], ([id, branch, question], before) => {
      const cut = flight()?.cut
      if (!before || !isFlying(flight()) || branch) return
      if (!cut && (id !== before[0] || branch !== before[1])) stand(null)
      else if (cut && question && place() !== null && stored().has(cut.at)) stand(question)
    }),
  )

  // What is gone to gets the focus, which what was clicked to go there often loses.
  const [aim, setAim] = createSignal<string>()
  const focus = (key: string | undefined) => {
    if (!key || !props.active) return
    content?.querySelector<HTMLElement>(`#${CSS.escape(key)}`)?.focus({ preventScroll: true })
  }
  createEffect(() => {
    const to = goal()
    if (conversation.waiting()) return
    if (to === null) return untrack(toEnd)
    const key = to === start ? keys()[0] : to === end ? keys().at(-1) : (nearest(to) ?? keys()[0])
    if (key === undefined) return
    setAim(key)
    follow(to === end)
    requestAnimationFrame(() => {
      if (goal() !== to) return
      reached()
      if (to === start) scroller?.scrollTo({ top: 0 })
      else if (to === end) toEnd()
      else content?.querySelector(`#${CSS.escape(key)}`)?.scrollIntoView({ block: 'start' })
      focus(key)
    })
  })
  /** The turn that holds a message, or the one before it where that is no turn of its own. */
  const nearest = (message: string) => {
    if (stored().has(message)) return message
    const turn = conversation.items().find(({ id }) => id === message)?.turn ?? 0
    return [...stored().values()].findLast((one) => one.turn < turn)?.id
  }
  const jump = (to: typeof start | typeof end) => {
    if (to === start && !older.query.hasNextPage) return turnTo(start)
    leaveFor(to)
  }

  /** The place whose turns are shown, while another is being read. */
  const shownPlace = createMemo<string | null>((before) => (conversation.waiting() ? before : place()), place())
  const oldest = createMemo(() => older.items().at(-1))
  holdAtTop(oldest, shownPlace)
  const scrolled = () => {
    if (!scroller?.isConnected || conversation.waiting() || goal() !== null) return
    const { above, below } = look(() => ending() !== undefined || !(conversation.hasNewer() || other()))
    if (following()) return place() !== null && !ending() && stand(null)
    if (below < ahead && hasLater()) newer.more()
    if (above < ahead) older.more()
  }
  return (
    <div
      class="flex min-h-0 flex-1 flex-col"
      classList={{ 'outline-2 -outline-offset-4 outline-accent outline-dashed': files.over() }}
      {...files.on}
    >
      <div
        ref={scroller}
        class="min-h-0 flex-1 overflow-y-auto"
        // What is followed is not held on to.
        classList={{ '[overflow-anchor:none]': following() }}
        onScroll={scrolled}
      >
        <div
          ref={content}
          class="mx-auto flex max-w-188 flex-col gap-5 px-4 py-5"
          role="log"
          aria-label="Conversation"
          aria-live={following() ? 'polite' : 'off'}
        >
          <Show when={props.thread !== null && older.query.isPending && !flight()}>
            <Waiting />
          </Show>
          <Show when={older.query.isError && older.query.error}>{(error) => <Failure error={error()} />}</Show>
          <Show when={older.query.hasNextPage}>
            <Button
              class="self-center"
              look="quiet"
              onClick={() => {
                focus(keys()[0])
                older.more()
              }}
            >
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
                always={at() === stretches().length - 1 || [aim(), place(), props.message].some(isIn(stretch))}
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
                      onShow={(message) => {
                        leaveFor(message)
                        void showBranchOf(message)
                      }}
                    />
                  )}
                </For>
              </WhenNear>
            )}
          </For>
          <Show when={hasLater()}>
            <Button
              class="self-center"
              look="quiet"
              onClick={() => {
                focus(keys().at(-1))
                newer.more()
              }}
            >
              Later turns
            </Button>
          </Show>
          <Show when={newer.query.isError && newer.query.error}>{(error) => <Failure error={error()} />}</Show>
          <Show when={ending()}>{(one) => <Ending flight={one()} />}</Show>
          <Show when={!isFlying(flight()) && !conversation.hasNewer() && props.thread}>
            {(thread) => <Related thread={thread()} />}
          </Show>
          <Show when={empty()}>{props.welcome}</Show>
        </div>
      </div>
      <div class="mx-auto w-full max-w-188 px-4 pb-4">
        <div class="flex flex-wrap items-center justify-end gap-1 py-1 empty:hidden">
          <Show when={other() && !choosing() && !ending()}>
            <p class="mr-auto flex flex-wrap items-center gap-1 text-xs text-dim">
              This is another branch than the one that is shown.
              <Button size="sm" onClick={() => void showBranchOf(place() as string)}>
                Show this branch
              </Button>
            </p>
          </Show>
          <Show when={keys().length > long || older.query.hasNextPage || conversation.hasNewer()}>
            <Button size="sm" look="quiet" onClick={() => jump(start)}>
              Jump to the start
            </Button>
            <Button size="sm" look="quiet" onClick={() => jump(end)}>
              Jump to the newest
            </Button>
          </Show>
        </div>
        <Composer
          busy={isFlying(flight())}
          attachings={attachings}
          beside={props.surface === 'panel'}
          focus={props.active && props.surface === 'page' && props.thread === null}
          onSend={(question) =>
            void ask({ ...question, thread: props.thread, surface: props.surface, branch: other() ? place() : null })
          }
          onStop={() => {
            const flying = flight()
            if (flying) stop(flying)
          }}
        />
      </div>
    </div>
  )
}

const isIn = (stretch: Stretch) => (key: string | null | undefined) => stretch.keys().includes(key ?? '')

/** What people and models said, the oldest first. What is looked at here of a message never changes. */
function said(items: readonly PathMessage[]): Map<string, PathMessage> {
  const messages = new Map<string, PathMessage>()
  for (const message of items.toReversed())
    if (message.role === 'user' || message.role === 'assistant') messages.set(message.id, message)
  return messages
}

/** The turns that stay while another branch of them is being written; in the middle, also when that came to nothing. */
function upTo(ids: string[], flight: Flight | undefined, middle: boolean): string[] {
  const cut = isFlying(flight) || flight?.state === 'done' || middle ? flight?.cut : null
  const at = cut ? ids.indexOf(cut.at) : -1
  return cut && at >= 0 ? ids.slice(0, cut.keep ? at + 1 : at) : ids
}
