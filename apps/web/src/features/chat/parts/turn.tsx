/** A turn of a conversation, and what stands below the last one. */
import type { PathMessage } from '@cairn/api/threads'
import { Show } from 'solid-js'
import { useRead } from '../../../lib/queries.ts'
import { Button } from '../../../ui/button.tsx'
import { answerKey, ask, type Cut, drop, type Flight, isFlying, questionKey, type Surface } from '../state.ts'
import { Attached } from './attached.tsx'
import { Branches } from './branches.tsx'
import { Actions, Answer, ExtractLabel, Origin, Question } from './message.tsx'
import { Remembered } from './remembered.tsx'
import { Suggested } from './suggested.tsx'

type TurnProps = {
  id: string
  message: PathMessage | undefined
  flight: Flight | undefined
  marked: boolean
  /** Does it answer a question that is shown? */
  answers: boolean
  surface: Surface
  /** Shows the branch that goes through another message. */
  onShow: (message: string) => void
}

/** One turn, as it is stored or as it is on its way. */
export function Turn(props: TurnProps) {
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
    <div
      class="rounded-lg"
      classList={{ 'outline-2 outline-offset-8 outline-accent/50': props.marked }}
      aria-current={props.marked ? 'true' : undefined}
    >
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
                      <Branches message={message()} disabled={busy()} onShow={props.onShow} />
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
          after={
            <Show when={props.message}>
              {(message) => <Branches message={message()} disabled={busy()} onShow={props.onShow} />}
            </Show>
          }
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
export function Ending(props: { flight: Flight }) {
  const again = () => {
    const { id, thread, question, attachments, surface, cut, branch } = props.flight
    drop(id)
    void ask({ thread, message: question, attachments, surface, cut, branch })
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
