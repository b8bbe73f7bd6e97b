import { ButtonLink } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Safe } from '../ui/safe.tsx'
import type { ViewOf } from './view.ts'

export default function UnknownPage(props: ViewOf<'unknown'>) {
  return (
    <Empty
      title={<h1>Nothing lives at this address</h1>}
      action={
        <ButtonLink href="/" look="primary">
          Go home
        </ButtonLink>
      }
    >
      <Safe text={props.place.path} class="font-mono text-xs break-all" />
    </Empty>
  )
}
